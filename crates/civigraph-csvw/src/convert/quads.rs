//! Values to quads: the triple maps of a plan carried out for each row.

use super::prepared::PreparedTable;
use super::problems::Problems;
use super::row::{ConvertedRow, digits};
use super::sink::{CountingSink, Origin};
use super::terms::{LiteralForm, NodeGenerator, NodeMap, NodeState};
use super::value::{CellValue, Item};
use crate::plan::{
    ColumnId, DuplicatePolicy, Expansion, GraphMap, LiteralMap, LiteralText, NullPolicy, ObjectMap,
    TableId, TermMap, Test, TripleMap,
};
use oxrdf::vocab::rdf;
use oxrdf::{
    BlankNodeRef, GraphNameRef, LiteralRef, NamedNodeRef, NamedOrBlankNodeRef, QuadRef, Term,
    TermRef,
};
use std::fmt::Write;

/// Values of a cell with which later ones are compared.
const REPEATED: usize = 64;

/// Makes the quads of the rows of one table.
pub struct QuadEmitter<'c> {
    prepared: &'c PreparedTable<'c>,
    steps: Vec<MapStep<'c>>,
    nodes: NodeGenerator<'c>,
    rest: Buffers,
}

/// What is kept between the quads of a row.
#[derive(Default)]
struct Buffers {
    /// The language of a row, where a column holds it.
    language: String,
    /// What the labels of a list start with, its last node, and the next one.
    start: String,
    last: String,
    next: String,
    /// The steps whose node the row has as an object, of those that make it once.
    nodes: Vec<usize>,
    /// The same for literals.
    literals: Vec<(usize, Term)>,
}

/// A triple map with all that does not depend on the row.
struct MapStep<'c> {
    map: &'c TripleMap,
    /// The cell that makes the quads.
    column: Option<ColumnId>,
    /// The cell at which problems are reported.
    place: Option<ColumnId>,
    /// A subject that is not valid is reported here, and was not by the step before.
    reports_subject: bool,
    subject: NodeMap<'c>,
    predicate: NodeMap<'c>,
    object: ObjectForm<'c>,
    graphs: Vec<GraphForm<'c>>,
    /// The first step with the same subject, predicate and graphs.
    like: usize,
    /// The first of those that has the same node as its object.
    same: usize,
    /// Every object makes one triple in the default graph, and no list.
    is_plain: bool,
    /// The map is of the kind that most are.
    direct: Option<DirectLiteral<'c>>,
}

/// In every row a literal of the cell, about a template, with a constant predicate, in the default graph.
struct DirectLiteral<'c> {
    subject: Expansion,
    predicate: NamedNodeRef<'c>,
    column: ColumnId,
    form: LiteralForm<'c>,
}

/// How objects are made.
enum ObjectForm<'c> {
    Node(NodeMap<'c>),
    /// The IRIs of the items in a column.
    Items(Expansion, ColumnId),
    Literals(LiteralForm<'c>, ColumnId),
    Text(LiteralForm<'c>, Expansion),
    Constant(LiteralRef<'c>),
}

/// How the name of a graph is made.
#[derive(Clone, Copy, PartialEq)]
struct GraphForm<'c> {
    /// `None` for the default graph.
    name: Option<NodeMap<'c>>,
    /// The default graph takes the place of one without a name.
    or_default: bool,
}

impl<'c> QuadEmitter<'c> {
    pub fn new(prepared: &'c PreparedTable<'c>) -> Self {
        let mut nodes = NodeGenerator::new(prepared.plan, prepared.id);
        let mut steps: Vec<MapStep<'c>> = Vec::with_capacity(prepared.plan.maps.len());
        for map in &prepared.plan.maps {
            let mut step = MapStep::new(prepared, map, &mut nodes);
            step.reports_subject = steps.last().is_none_or(|last| !last.checks_subject_of(map));
            step.like = steps.len();
            step.same = steps.len();
            if map.duplicates == DuplicatePolicy::OncePerRow {
                let mut like = steps.iter().filter(|other| other.is_like(&step));
                step.like = like.next().map_or(steps.len(), |first| first.like);
                let mut same = steps.iter().filter(|other| other.has_node_of(&step));
                step.same = same.next().map_or(steps.len(), |first| first.same);
            }
            steps.push(step);
        }
        Self {
            prepared,
            steps,
            nodes,
            rest: Buffers::default(),
        }
    }

    /// What a row says.
    pub fn row(
        &mut self,
        row: &ConvertedRow<'_, '_>,
        problems: &mut Problems<'_>,
        sink: &mut CountingSink<'_>,
    ) {
        let Self {
            prepared,
            steps,
            nodes,
            rest,
        } = self;
        rest.nodes.clear();
        rest.literals.clear();
        for step in steps.iter() {
            if let Some(direct) = &step.direct
                && let CellValue::Single(item) = row.values[direct.column.index()]
            {
                nodes.expander.prepare(direct.subject, row);
                if nodes.expander.get(direct.subject).valid {
                    let form = &direct.form;
                    let language = form.language(row, &mut nodes.expander, &mut rest.language);
                    let quad = QuadRef::new(
                        nodes.iri(direct.subject),
                        direct.predicate,
                        form.literal(item, None, language),
                        GraphNameRef::DefaultGraph,
                    );
                    sink.quad(quad, origin(prepared.id, row, step.column));
                } else if step.reports_subject {
                    nodes.report(direct.subject, step.place, row, problems);
                }
                continue;
            }
            if rest.nodes.contains(&step.same) {
                continue;
            }
            if !step.map.condition.iter().all(|test| holds(test, row)) {
                continue;
            }
            let mut emission = Emission {
                prepared,
                steps,
                step,
                row,
                nodes,
                rest,
            };
            if emission.prepare(problems) {
                emission.objects(problems, sink);
            }
        }
    }

    /// What a comment among the rows says.
    pub fn comment(&self, comment: &str, line: u64, sink: &mut CountingSink<'_>) {
        let Some(map) = &self.prepared.plan.comments else {
            return;
        };
        sink.quad(
            QuadRef::new(
                map.subject.as_ref(),
                map.predicate.as_ref(),
                LiteralRef::new_simple_literal(comment),
                GraphNameRef::DefaultGraph,
            ),
            Origin {
                table: Some(self.prepared.id),
                row: 0,
                line,
                column: None,
            },
        );
    }
}

/// Whether a condition holds in a row.
fn holds(test: &Test, row: &ConvertedRow<'_, '_>) -> bool {
    let value = |column: ColumnId| {
        row.values
            .get(column.index())
            .copied()
            .unwrap_or(CellValue::Null)
    };
    let string = |column: ColumnId| row.strings.get(column.index()).copied().unwrap_or_default();
    match test {
        Test::NotNull(column) => !value(*column).is_null(),
        Test::Present(column) => value(*column).items().next().is_some(),
        Test::Equals(column, expected) => !value(*column).is_null() && string(*column) == expected,
        Test::Differs(column, expected) => value(*column).is_null() || string(*column) != expected,
    }
}

impl<'c> MapStep<'c> {
    fn new(
        prepared: &'c PreparedTable<'c>,
        map: &'c TripleMap,
        nodes: &mut NodeGenerator<'c>,
    ) -> Self {
        let plan = prepared.plan;
        let object = match map.object.term() {
            TermMap::Constant(Term::Literal(literal)) => ObjectForm::Constant(literal.as_ref()),
            TermMap::Literal(literal) => {
                let form = LiteralForm::new(plan, literal);
                match literal.value {
                    LiteralText::Column(column) => ObjectForm::Literals(form, column),
                    LiteralText::Template(expansion) => ObjectForm::Text(form, expansion),
                }
            }
            TermMap::Iri(
                expansion @ Expansion {
                    each: Some(column), ..
                },
            ) => ObjectForm::Items(*expansion, *column),
            term => ObjectForm::Node(nodes.map(term)),
        };
        let graphs = map.graphs.iter().map(|graph| GraphForm {
            name: graph.term().map(|term| nodes.map(term)),
            or_default: matches!(graph, GraphMap::NamedOrDefault(_)),
        });
        let graphs = graphs.collect();
        let mut step = Self {
            map,
            column: map.column(),
            place: map.about.place(),
            reports_subject: true,
            subject: nodes.map(&map.subject),
            predicate: nodes.map(&map.predicate),
            object,
            graphs,
            like: 0,
            same: 0,
            is_plain: map.graphs.is_empty()
                && map.duplicates == DuplicatePolicy::Keep
                && !map.object.is_list(),
            direct: None,
        };
        step.direct = step.direct();
        step
    }

    fn direct(&self) -> Option<DirectLiteral<'c>> {
        let map = self.map;
        let (NodeMap::Iri(subject), NodeMap::Constant(TermRef::NamedNode(predicate))) =
            (self.subject, self.predicate)
        else {
            return None;
        };
        let ObjectMap::Terms(TermMap::Literal(LiteralMap {
            value: LiteralText::Column(column),
            ..
        })) = &map.object
        else {
            return None;
        };
        let ObjectForm::Literals(form, _) = &self.object else {
            return None;
        };
        let plain = map.graphs.is_empty()
            && map.duplicates == DuplicatePolicy::Keep
            && map.condition == [Test::NotNull(*column)]
            && subject.null == NullPolicy::Expand
            && form.datatype_of.is_none();
        plain.then_some(DirectLiteral {
            subject,
            predicate,
            column: *column,
            form: *form,
        })
    }

    /// Whether this step has reported what is wrong with the subject of the map after it, wherever that has one.
    fn checks_subject_of(&self, map: &TripleMap) -> bool {
        self.place == map.about.place()
            && self.map.object.term() == &map.subject
            && (self.map.condition.is_empty() || self.map.condition == map.condition)
    }

    fn is_like(&self, other: &Self) -> bool {
        self.subject == other.subject
            && self.predicate == other.predicate
            && self.graphs == other.graphs
    }

    /// Subject and predicate, as they were prepared.
    #[inline]
    fn frame<'n>(&self, nodes: &'n NodeGenerator<'c>) -> Option<SubjectPredicate<'n>>
    where
        'c: 'n,
    {
        Some(SubjectPredicate {
            subject: nodes.subject(self.subject)?,
            predicate: nodes.predicate(self.predicate)?,
        })
    }

    /// Whether the step makes the same quad as another one, of a node.
    fn has_node_of(&self, other: &Self) -> bool {
        match (&self.object, &other.object) {
            (ObjectForm::Node(one), ObjectForm::Node(node)) => {
                one == node && self.like == other.like
            }
            _ => false,
        }
    }
}

/// A step carried out for a row.
struct Emission<'e, 'c> {
    prepared: &'c PreparedTable<'c>,
    steps: &'e [MapStep<'c>],
    step: &'e MapStep<'c>,
    row: &'e ConvertedRow<'e, 'e>,
    nodes: &'e mut NodeGenerator<'c>,
    rest: &'e mut Buffers,
}

impl<'c> Emission<'_, 'c> {
    /// Makes all terms but those of items. Returns whether there are some for a quad.
    #[inline]
    fn prepare(&mut self, problems: &mut Problems<'_>) -> bool {
        let step = self.step;
        match self.nodes.prepare(step.subject, self.row) {
            NodeState::Usable => {}
            NodeState::Invalid => {
                if step.reports_subject {
                    self.report(step.subject, problems);
                }
                return false;
            }
            NodeState::Null => return false,
        }
        let mut usable = self.node(step.predicate, problems);
        for graph in &step.graphs {
            if let Some(name) = graph.name {
                let state = self.nodes.prepare(name, self.row);
                if state == NodeState::Invalid {
                    self.report(name, problems);
                }
                usable &= state != NodeState::Invalid;
            }
        }
        usable
            & match &step.object {
                ObjectForm::Node(node) => self.node(*node, problems),
                ObjectForm::Text(form, expansion) => {
                    self.node(NodeMap::Iri(*expansion), problems) & self.datatype(form, problems)
                }
                ObjectForm::Literals(form, _) => self.datatype(form, problems),
                ObjectForm::Items(..) | ObjectForm::Constant(_) => true,
            }
    }

    #[inline]
    fn node(&mut self, node: NodeMap<'c>, problems: &mut Problems<'_>) -> bool {
        let state = self.nodes.prepare(node, self.row);
        if state == NodeState::Invalid {
            self.report(node, problems);
        }
        state == NodeState::Usable
    }

    fn datatype(&mut self, form: &LiteralForm<'c>, problems: &mut Problems<'_>) -> bool {
        form.datatype_of
            .is_none_or(|datatype| self.node(NodeMap::Iri(datatype), problems))
    }

    #[cold]
    fn report(&self, node: NodeMap<'_>, problems: &mut Problems<'_>) {
        if let NodeMap::Iri(expansion) = node {
            let (place, row) = (self.step.place, self.row);
            self.nodes.report(expansion, place, row, problems);
        }
    }

    /// Makes the quads of all objects.
    fn objects(&mut self, problems: &mut Problems<'_>, sink: &mut CountingSink<'_>) {
        let Self {
            prepared,
            steps,
            step,
            row,
            nodes,
            rest,
        } = self;
        let step = *step;
        let once = step.map.duplicates;
        // Most objects are a node, or the values of a cell, in the default graph.
        if step.is_plain {
            match &step.object {
                ObjectForm::Node(node) => {
                    if let (Some(frame), Some(object)) = (step.frame(nodes), nodes.get(*node)) {
                        let quad = frame.about(object, GraphNameRef::DefaultGraph);
                        sink.quad(quad, origin(prepared.id, row, step.column));
                    }
                    return;
                }
                ObjectForm::Literals(form, column) => {
                    let language = form.language(row, &mut nodes.expander, &mut rest.language);
                    let datatype = form.datatype_of.map(|datatype| nodes.iri(datatype));
                    let Some(frame) = step.frame(nodes) else {
                        return;
                    };
                    for item in row.values[column.index()].items() {
                        let literal = form.literal(item, datatype, language);
                        let quad = frame.about(literal.into(), GraphNameRef::DefaultGraph);
                        sink.quad(quad, origin(prepared.id, row, step.column));
                    }
                    return;
                }
                ObjectForm::Items(..) | ObjectForm::Text(..) | ObjectForm::Constant(_) => {}
            }
        }
        let mut objects = ObjectWriter {
            table: prepared.id,
            steps,
            step,
            row,
            list: step.map.object.is_list().then_some(ListWriter {
                start: &mut rest.start,
                last: &mut rest.last,
                next: &mut rest.next,
                count: 0,
            }),
            nodes: &mut rest.nodes,
            literals: &mut rest.literals,
            sink,
        };
        match &step.object {
            ObjectForm::Node(node) => {
                if once == DuplicatePolicy::OncePerRow {
                    if objects.has_node(nodes, *node) {
                        return;
                    }
                    objects.nodes.push(step.same);
                }
                if let Some(object) = nodes.get(*node) {
                    objects.push(nodes, object);
                }
            }
            ObjectForm::Items(expansion, column) => {
                let value = row.values[column.index()];
                for (index, item) in value.items().enumerate() {
                    if once != DuplicatePolicy::Keep && is_repeated(value, index, item) {
                        continue;
                    }
                    match nodes.prepare_item(*expansion, row, item) {
                        NodeState::Usable => {
                            let object = nodes.iri(*expansion).into();
                            objects.push_once(nodes, object);
                        }
                        NodeState::Invalid => nodes.report(*expansion, step.place, row, problems),
                        NodeState::Null => {}
                    }
                }
            }
            ObjectForm::Literals(form, column) => {
                let value = row.values[column.index()];
                if value.is_null() {
                    return;
                }
                let language = form.language(row, &mut nodes.expander, &mut rest.language);
                let datatype = form.datatype_of.map(|datatype| nodes.iri(datatype));
                for (index, item) in value.items().enumerate() {
                    if once != DuplicatePolicy::Keep && is_repeated(value, index, item) {
                        continue;
                    }
                    let literal = form.literal(item, datatype, language);
                    objects.push_once(nodes, literal.into());
                }
            }
            ObjectForm::Text(form, expansion) => {
                let language = form.language(row, &mut nodes.expander, &mut rest.language);
                let datatype = form.datatype_of.map(|datatype| nodes.iri(datatype));
                let item = Item {
                    text: nodes.iri(*expansion).as_str(),
                    valid: true,
                };
                let literal = form.literal(item, datatype, language);
                objects.push_once(nodes, literal.into());
            }
            ObjectForm::Constant(literal) => objects.push_once(nodes, (*literal).into()),
        }
        if objects.list.is_some() {
            objects.finish(nodes);
        }
    }
}

/// Whether a cell says the same in an earlier value; of long lists only the start is looked at.
fn is_repeated(value: CellValue<'_>, index: usize, item: Item<'_>) -> bool {
    let mut before = value.items().take(index.min(REPEATED));
    before.any(|earlier| earlier.text == item.text)
}

/// Takes the objects of a step, one after another.
struct ObjectWriter<'o, 'c, 's, 'k> {
    table: TableId,
    steps: &'o [MapStep<'c>],
    step: &'o MapStep<'c>,
    row: &'o ConvertedRow<'o, 'o>,
    list: Option<ListWriter<'o>>,
    nodes: &'o mut Vec<usize>,
    literals: &'o mut Vec<(usize, Term)>,
    sink: &'s mut CountingSink<'k>,
}

/// A list that is being written.
struct ListWriter<'o> {
    /// What the labels of its nodes start with.
    start: &'o mut String,
    /// The label of its last node.
    last: &'o mut String,
    next: &'o mut String,
    count: u64,
}

impl<'c> ObjectWriter<'_, 'c, '_, '_> {
    /// Whether the row has this node as such an object already.
    fn has_node(&self, nodes: &NodeGenerator<'c>, node: NodeMap<'c>) -> bool {
        let mut others = self.nodes.iter().filter_map(|&other| self.steps.get(other));
        others.any(|other| match other.object {
            ObjectForm::Node(made) if other.like == self.step.like => {
                nodes.get(made) == nodes.get(node)
            }
            _ => false,
        })
    }

    /// Takes an object, unless the row has it and says things once.
    #[inline]
    fn push_once(&mut self, nodes: &NodeGenerator<'c>, object: TermRef<'_>) {
        if self.step.map.duplicates != DuplicatePolicy::OncePerRow || self.is_new(object) {
            self.push(nodes, object);
        }
    }

    /// Whether the row does not have an object yet; it has it now.
    fn is_new(&mut self, object: TermRef<'_>) -> bool {
        let like = self.step.like;
        let mut known = self.literals.iter();
        let is_known = known.any(|(other, term)| *other == like && term.as_ref() == object);
        if !is_known {
            self.literals.push((like, object.into_owned()));
        }
        !is_known
    }

    #[inline]
    fn push(&mut self, nodes: &NodeGenerator<'c>, object: TermRef<'_>) {
        if self.list.is_some() {
            self.link(nodes, object);
        } else {
            self.about(nodes, object);
        }
    }

    /// Adds an item to the list.
    fn link(&mut self, nodes: &NodeGenerator<'c>, object: TermRef<'_>) {
        let Some(list) = &mut self.list else { return };
        if list.count == 0 {
            let (table, number) = (self.table, self.row.number);
            list.start.clear();
            // Writing to a string does not fail.
            let _ = match self.step.column {
                Some(column) => write!(list.start, "t{table}r{number}c{column}i"),
                None => write!(list.start, "t{table}r{number}m{}i", self.step.like),
            };
        }
        list.next.clear();
        list.next.push_str(list.start);
        list.next.push_str(digits(list.count, &mut [0; 20]));
        list.count += 1;
        let first = list.count == 1;
        std::mem::swap(list.last, list.next);
        let (Some(list), Some(frame)) = (&self.list, self.step.frame(nodes)) else {
            return;
        };
        let node = BlankNodeRef::new_unchecked(list.last);
        let origin = origin(self.table, self.row, self.step.column);
        frame.graphs(self.step, nodes, |graph| {
            let link = if first {
                QuadRef::new(frame.subject, frame.predicate, node, graph)
            } else {
                let before = BlankNodeRef::new_unchecked(list.next);
                QuadRef::new(before, rdf::REST, node, graph)
            };
            self.sink.quad(link, origin);
            self.sink
                .quad(QuadRef::new(node, rdf::FIRST, object, graph), origin);
        });
    }

    /// Ends a list.
    fn finish(&mut self, nodes: &NodeGenerator<'c>) {
        let Some(list) = self.list.take() else { return };
        let Some(frame) = self.step.frame(nodes) else {
            return;
        };
        let origin = origin(self.table, self.row, self.step.column);
        frame.graphs(self.step, nodes, |graph| {
            let end = if list.count == 0 {
                QuadRef::new(frame.subject, frame.predicate, rdf::NIL, graph)
            } else {
                let last = BlankNodeRef::new_unchecked(list.last);
                QuadRef::new(last, rdf::REST, rdf::NIL, graph)
            };
            self.sink.quad(end, origin);
        });
    }

    /// Makes the quads of one object about the subject.
    #[inline]
    fn about(&mut self, nodes: &NodeGenerator<'c>, object: TermRef<'_>) {
        let Some(frame) = self.step.frame(nodes) else {
            return;
        };
        let origin = origin(self.table, self.row, self.step.column);
        frame.graphs(self.step, nodes, |graph| {
            let quad = QuadRef::new(frame.subject, frame.predicate, object, graph);
            self.sink.quad(quad, origin);
        });
    }
}

/// Subject and predicate of the quads of a step.
#[derive(Clone, Copy)]
struct SubjectPredicate<'n> {
    subject: NamedOrBlankNodeRef<'n>,
    predicate: NamedNodeRef<'n>,
}

impl<'n> SubjectPredicate<'n> {
    #[inline]
    fn about(self, object: TermRef<'n>, graph: GraphNameRef<'n>) -> QuadRef<'n> {
        QuadRef::new(self.subject, self.predicate, object, graph)
    }
}

impl SubjectPredicate<'_> {
    /// Gives each graph of a step to `take`.
    #[inline]
    fn graphs<'n, 'c: 'n>(
        self,
        step: &MapStep<'c>,
        nodes: &'n NodeGenerator<'c>,
        mut take: impl FnMut(GraphNameRef<'n>),
    ) {
        if step.graphs.is_empty() {
            take(GraphNameRef::DefaultGraph);
        }
        for graph in &step.graphs {
            match graph.name {
                None => take(GraphNameRef::DefaultGraph),
                Some(name) if nodes.is_term(name) => {
                    if let Some(name) = nodes.subject(name) {
                        take(name.into());
                    }
                }
                Some(_) if graph.or_default => take(GraphNameRef::DefaultGraph),
                Some(_) => {}
            }
        }
    }
}

#[inline]
fn origin(table: TableId, row: &ConvertedRow<'_, '_>, column: Option<ColumnId>) -> Origin {
    Origin {
        table: Some(table),
        row: row.number,
        line: row.at.place.line,
        column,
    }
}
