//! What is wrong with a query, and why an answer may be empty, in Russian.
//!
//! The sentences are made where the queries are read and evaluated, in English. Each is found again here by its fixed
//! words; `{}` is what differs: names, numbers, pieces of the query. A sentence that is not here stays English.

use crate::pages::Language;

/// A sentence in a language; `None` where it is not known in that language.
pub fn translate(language: Language, sentence: &str) -> Option<String> {
    match language {
        Language::English => Some(sentence.to_owned()),
        Language::Russian => in_russian(sentence),
    }
}

/// The same, with a sentence that is not known left as it is.
pub fn translated(language: Language, sentence: String) -> String {
    translate(language, &sentence).unwrap_or(sentence)
}

fn in_russian(sentence: &str) -> Option<String> {
    let whole = SENTENCES.iter().find_map(|(english, russian)| {
        let holes = holes(english, sentence)?;
        Some(filled(russian, &holes))
    });
    // A sentence and another one that explains it.
    whole.or_else(|| {
        let (first, rest) = sentence.split_once("; ")?;
        Some(format!("{}; {}", in_russian(first)?, in_russian(rest)?))
    })
}

/// What stands in the holes of a template; `None` where a sentence is not made from it.
fn holes<'s>(template: &str, sentence: &'s str) -> Option<Vec<&'s str>> {
    let mut parts = template.split("{}");
    let mut rest = sentence.strip_prefix(parts.next()?)?;
    let mut holes = Vec::new();
    let mut parts = parts.peekable();
    while let Some(part) = parts.next() {
        let is_last = parts.peek().is_none();
        let end = match part {
            _ if is_last => rest.strip_suffix(part)?.len(),
            part => rest.find(part)?,
        };
        let hole = rest.get(..end)?;
        // That is another sentence.
        if hole.contains("; ") && !template.contains("; ") && !template.ends_with("{}") {
            return None;
        }
        holes.push(hole);
        rest = rest.get(end + part.len()..)?;
    }
    rest.is_empty().then_some(holes)
}

/// A template with its holes filled.
fn filled(template: &str, holes: &[&str]) -> String {
    let mut holes = holes.iter();
    let mut text = String::new();
    for (number, part) in template.split("{}").enumerate() {
        if number > 0 {
            let hole = holes.next().copied().unwrap_or_default();
            // Lists of classes: a `cg:City` or a `cg:Region`.
            let hole = hole.strip_prefix("a `").map_or_else(
                || hole.to_owned(),
                |rest| format!("`{}", rest.replace("` or a `", "` или `")),
            );
            text.push_str(&hole);
        }
        text.push_str(part);
    }
    text
}

/// Sentences in English and Russian. Of several that fit, the first counts: the longer ones come first.
const SENTENCES: &[(&str, &str)] = &[
    // What is missing, or wrong, at a place.
    (
        "a query starts with `SELECT`, `CONSTRUCT`, `DESCRIBE` or `ASK`",
        "запрос начинается с `SELECT`, `CONSTRUCT`, `DESCRIBE` или `ASK`",
    ),
    ("a prefix with `:` is missing", "не хватает префикса с `:`"),
    (
        "prefixes are declared as `PREFIX name: <IRI>`",
        "префиксы объявляются как `PREFIX имя: <IRI>`",
    ),
    ("an expression is missing", "не хватает выражения"),
    (
        "a variable, a value, a function or brackets can be here",
        "здесь может быть переменная, значение, функция или скобки",
    ),
    (
        "a predicate, or the end of the triple, is missing",
        "не хватает предиката или конца тройки",
    ),
    (
        "`;` goes on with the same subject, and a predicate follows it",
        "`;` продолжает тройки с тем же субъектом, за ней идёт предикат",
    ),
    (
        "a property path needs an IRI",
        "пути по свойствам нужен IRI",
    ),
    (
        "a triple needs a predicate and an object",
        "тройке нужны предикат и объект",
    ),
    ("a triple needs an object", "тройке нужен объект"),
    ("this `}` closes nothing", "эта `}` ничего не закрывает"),
    (
        "the query is complete before this",
        "запрос закончен до этого места",
    ),
    (
        "the query ends before it is complete",
        "запрос обрывается, не закончившись",
    ),
    (
        "the query cannot be read on from here",
        "с этого места запрос нельзя прочесть",
    ),
    (
        "a variable, or an expression in brackets, is missing",
        "не хватает переменной или выражения в скобках",
    ),
    (
        "`SELECT` needs variables, `*`, or expressions with names in brackets",
        "`SELECT` нужны переменные, `*` или выражения с именами в скобках",
    ),
    (
        "an expression is selected as `(COUNT(?x) AS ?n)`",
        "выражение выбирают как `(COUNT(?x) AS ?n)`",
    ),
    (
        "another variable, or `WHERE {`, is missing",
        "не хватает ещё одной переменной или `WHERE {`",
    ),
    (
        "variables are separated by spaces, and an expression is selected as `(COUNT(?x) AS ?n)`",
        "переменные разделяют пробелами, а выражение выбирают как `(COUNT(?x) AS ?n)`",
    ),
    (
        "a condition in brackets, or a function, is missing",
        "не хватает условия в скобках или функции",
    ),
    (
        "a variable or an IRI is missing",
        "не хватает переменной или IRI",
    ),
    ("an IRI is missing", "не хватает IRI"),
    (
        "IRIs are written as `<https://…>`",
        "IRI записывают как `<https://…>`",
    ),
    ("a variable is missing", "не хватает переменной"),
    ("a whole number is missing", "не хватает целого числа"),
    (
        "`AS` and a variable are missing",
        "не хватает `AS` и переменной",
    ),
    (
        "the value of an expression has a name: `(COUNT(?x) AS ?n)`",
        "у значения выражения есть имя: `(COUNT(?x) AS ?n)`",
    ),
    (
        "the function needs another argument",
        "функции нужен ещё один аргумент",
    ),
    (
        "an operator, or the end of the expression, is missing",
        "не хватает оператора или конца выражения",
    ),
    ("a language tag is missing", "не хватает метки языка"),
    (
        "a text has its language as `\"text\"@en`",
        "язык текста указывают как `\"текст\"@ru`",
    ),
    (
        "the triple is complete before this",
        "тройка закончена до этого места",
    ),
    (
        "`.` ends a triple, `;` goes on with its subject, and `,` with its subject and predicate",
        "`.` заканчивает тройку, `;` продолжает с тем же субъектом, а `,` — с тем же субъектом и предикатом",
    ),
    (
        "a triple, a keyword such as `FILTER`, or `}` is missing",
        "не хватает тройки, ключевого слова вроде `FILTER` или `}`",
    ),
    (
        "a `.`, a keyword such as `FILTER`, or `}` is missing",
        "не хватает `.`, ключевого слова вроде `FILTER` или `}`",
    ),
    (
        "`{}` is missing: the `{}` at {} is not closed",
        "не хватает `{}`: `{}` в {} не закрыта",
    ),
    ("`{}` is missing", "не хватает `{}`"),
    (
        "the string that starts here is not closed",
        "строка, которая начинается здесь, не закрыта",
    ),
    (
        "a string ends with the quote it starts with; one of several lines has three",
        "строка кончается той же кавычкой, что и начинается; у строки из нескольких строк их по три",
    ),
    (
        "the IRI that starts here is not closed by `>`",
        "IRI, который начинается здесь, не закрыт знаком `>`",
    ),
    (
        "an IRI has no spaces, quotes or brackets: encode them, such as `%20`",
        "в IRI нет пробелов, кавычек и скобок: их кодируют, например `%20`",
    ),
    (
        "`{}` comes after the `}` that ends the query's pattern",
        "`{}` идёт после `}`, которая закрывает образец запроса",
    ),
    (
        "`UNION` goes between two groups: `{ … } UNION { … }`",
        "`UNION` стоит между двумя группами: `{ … } UNION { … }`",
    ),
    (
        "`{}` is not a keyword of SPARQL",
        "`{}` — не ключевое слово SPARQL",
    ),
    ("SPARQL has no function `{}`", "в SPARQL нет функции `{}`"),
    (
        "a function of another vocabulary has a prefix",
        "у функции из другого словаря есть префикс",
    ),
    (
        "write `?{}` for a variable, and a name with a prefix or an IRI for a thing",
        "переменную пишут `?{}`, а сущность — именем с префиксом или IRI",
    ),
    (
        "SPARQL has `{}` for `{}`",
        "в SPARQL пишут `{}` вместо `{}`",
    ),
    ("did you mean `{}`?", "возможно, имелось в виду `{}`?"),
    ("did you mean `{}`? {}", "возможно, имелось в виду `{}`?"),
    // What the parser says in other words.
    (
        "the query is empty: it has only comments and declarations",
        "запрос пуст: в нём только комментарии и объявления",
    ),
    (
        "`SELECT`, `CONSTRUCT`, `DESCRIBE` or `ASK`",
        "`SELECT`, `CONSTRUCT`, `DESCRIBE` или `ASK`",
    ),
    (
        "this is an update; the published graph is only read",
        "это изменение, а опубликованный граф только читают",
    ),
    (
        "the prefix `{}` is not declared",
        "префикс `{}` не объявлен",
    ),
    (
        "add `PREFIX {}` at the start of the query",
        "добавьте `PREFIX {}` в начало запроса",
    ),
    (
        "add `PREFIX {}` at the start of the query",
        "добавьте `PREFIX {}` в начало запроса",
    ),
    ("this is not an absolute IRI", "это не абсолютный IRI"),
    ("a variable is selected twice", "переменная выбрана дважды"),
    (
        "`{}` is selected beside an aggregate, and the query has no `GROUP BY`",
        "`{}` выбрана рядом с агрегатом, а `GROUP BY` в запросе нет",
    ),
    (
        "`{}` is selected, but the query does not group by it",
        "`{}` выбрана, но запрос по ней не группирует",
    ),
    (
        "add it to `GROUP BY`, or select one of its values: `{}`",
        "добавьте её в `GROUP BY` или выберите одно из значений: `{}`",
    ),
    (
        "a variable is selected that the query does not group by",
        "выбрана переменная, по которой запрос не группирует",
    ),
    (
        "`SELECT *` and `GROUP BY` do not go together",
        "`SELECT *` и `GROUP BY` несовместимы",
    ),
    (
        "select the variables of `GROUP BY` and aggregates: `SELECT ?x (COUNT(*) AS ?n)`",
        "выберите переменные из `GROUP BY` и агрегаты: `SELECT ?x (COUNT(*) AS ?n)`",
    ),
    (
        "a blank node is in two graph patterns",
        "пустой узел стоит в двух образцах графа",
    ),
    ("use a variable", "используйте переменную"),
    ("the query is wrong here: {}", "здесь ошибка в запросе: {}"),
    // Limits.
    ("the query has {} bytes", "в запросе {} байт"),
    (
        "the query has {} triple patterns and path steps",
        "в запросе {} образцов троек и шагов пути",
    ),
    (
        "`OPTIONAL`, `EXISTS`, `MINUS` and sub-selects nest {} levels deep",
        "`OPTIONAL`, `EXISTS`, `MINUS` и подзапросы вложены на {} уровней",
    ),
    (
        "brackets nest too deep here",
        "скобки вложены здесь слишком глубоко",
    ),
    ("the query nests too deep", "запрос вложен слишком глубоко"),
    ("at most {} bytes", "не больше {} байт"),
    ("at most {} levels", "не больше {} уровней"),
    ("at most {}", "не больше {}"),
    (
        "`SERVICE` is not allowed: queries read the published graph alone",
        "`SERVICE` не разрешён: запросы читают только опубликованный граф",
    ),
    ("query timed out after {} s", "запрос не уложился в {} с"),
    ("query timed out", "запрос не уложился в отведённое время"),
    (
        "what was written is not the whole answer",
        "записан не весь ответ",
    ),
    (
        "the query needs more memory than its limit of {}",
        "запросу нужно больше памяти, чем разрешено: {}",
    ),
    (
        "the query needs more memory than its limit",
        "запросу нужно больше памяти, чем разрешено",
    ),
    (
        "sorting, grouping and `DISTINCT` hold all rows at once: narrow the query",
        "сортировка, группировка и `DISTINCT` держат в памяти все строки сразу: сузьте запрос",
    ),
    (
        "the answer has more than {} bytes",
        "в ответе больше {} байт",
    ),
    (
        "ask for a part of it with `LIMIT` and `OFFSET`, or count",
        "запросите часть ответа с `LIMIT` и `OFFSET` или посчитайте строки",
    ),
    (
        "too many queries are waiting for an answer",
        "слишком много запросов ждут ответа",
    ),
    (
        "the process that evaluated the query ended early{}",
        "процесс, который выполнял запрос, завершился раньше времени{}",
    ),
    (
        "the query could not be evaluated: {}",
        "запрос нельзя выполнить: {}",
    ),
    // Functions and patterns.
    ("no such function: {}", "такой функции нет: {}"),
    ("`{}` has {} arguments", "аргументов у `{}`: {}"),
    (
        "subject, predicate, object; then, if need be, a graph and a number",
        "субъект, предикат, объект; потом, если нужно, граф и число",
    ),
    (
        "`{}` is not a regular expression of XPath: {}",
        "`{}` — не регулярное выражение XPath: {}",
    ),
    (
        "`search` needs a text index, and this build has none",
        "`search` нужен текстовый индекс, а в этой сборке его нет",
    ),
    (
        "`GET /queries` lists them all",
        "`GET /queries` перечисляет их все",
    ),
    (
        "the page of queries lists them all",
        "все они есть на странице запросов",
    ),
    (
        "the search finds things by their names",
        "поиск находит сущности по названиям",
    ),
    (
        "that many things cannot be searched for",
        "столько сущностей искать нельзя",
    ),
    ("a number from 1 to {}", "число от 1 до {}"),
    // Parameters of stored queries.
    (
        "the query `{}` has no parameter `{}`",
        "у запроса `{}` нет параметра `{}`",
    ),
    (
        "the query `{}` needs the parameter `{}`",
        "запросу `{}` нужен параметр `{}`",
    ),
    (
        "the parameter `{}` is given more than once",
        "параметр `{}` дан больше одного раза",
    ),
    ("the value of `{}` is wrong", "значение `{}` неверно"),
    (
        "the parameter `{}` is used where only an IRI can be",
        "параметр `{}` стоит там, где может быть только IRI",
    ),
    ("one value", "одно значение"),
    ("add `{}=…`", "добавьте `{}=…`"),
    (
        "an IRI, a prefixed name like `{}`, or an id like `{}`",
        "IRI, имя с префиксом вроде `{}` или идентификатор вроде `{}`",
    ),
    ("any text", "любой текст"),
    (
        "a language tag like `en`, `ru` or `ru-Latn`",
        "метка языка вроде `en`, `ru` или `ru-Latn`",
    ),
    ("a whole number like `{}`", "целое число вроде `{}`"),
    ("a number like `{}` or `{}`", "число вроде `{}` или `{}`"),
    ("a date like `{}`", "дата вроде `{}`"),
    ("a year like `{}`", "год вроде `{}`"),
    ("`true` or `false`", "`true` или `false`"),
    // Why an answer may be empty.
    (
        "nothing in the graph has the property `{}`, which the ontology declares",
        "свойства `{}` нет ни у чего в графе, хотя онтология его объявляет",
    ),
    (
        "nothing in the graph has the class `{}`, which the ontology declares",
        "в графе нет ничего из класса `{}`, хотя онтология его объявляет",
    ),
    (
        "nothing in the graph has the property `{}`",
        "свойства `{}` нет ни у чего в графе",
    ),
    (
        "nothing in the graph has the class `{}`",
        "в графе нет ничего из класса `{}`",
    ),
    ("no such graph: `{}`", "такого графа нет: `{}`"),
    (
        "the graph says nothing of `{}`",
        "о `{}` в графе ничего не сказано",
    ),
    ("`{}` is not a `{}` but a `{}`", "`{}` — не `{}`, а `{}`"),
    ("`{}` is not a `{}`", "`{}` — не `{}`"),
    ("`{}` (a `{}`) has no `{}`", "у `{}` (`{}`) нет `{}`"),
    ("`{}` has no `{}`", "у `{}` нет `{}`"),
    (
        "no `{}` leads to `{}` (a `{}`)",
        "`{}` не ведёт к `{}` (`{}`)",
    ),
    ("no `{}` leads to `{}`", "`{}` не ведёт к `{}`"),
    (
        "it belongs to {}, such as `{}`",
        "оно бывает у {}, например у `{}`",
    ),
    ("it belongs to {}", "оно бывает у {}"),
    (
        "it leads to {}, such as `{}`",
        "оно ведёт к {}, например к `{}`",
    ),
    ("it leads to {}", "оно ведёт к {}"),
    (
        "no `{}` is `{}`; the graph has `{}`",
        "значения `{}`, равного `{}`, нет; в графе есть `{}`",
    ),
    (
        "no `{}` is `{}`; values are written as `{}`",
        "значения `{}`, равного `{}`, нет; значения записаны как `{}`",
    ),
    (
        "`{}` has values such as `{}`, which cannot be compared with `{}`: numbers have no quotes",
        "у `{}` значения вроде `{}`, их нельзя сравнить с `{}`: числа пишут без кавычек",
    ),
    (
        "`{}` has values such as `{}`, which cannot be compared with `{}`: compare `{}`",
        "у `{}` значения вроде `{}`, их нельзя сравнить с `{}`: сравните `{}`",
    ),
    (
        "`{}` has values such as `{}`, which cannot be compared with `{}`: write `{}`",
        "у `{}` значения вроде `{}`, их нельзя сравнить с `{}`: напишите `{}`",
    ),
    (
        "`{}` has values such as `{}`, which cannot be compared with `{}`",
        "у `{}` значения вроде `{}`, их нельзя сравнить с `{}`",
    ),
    (
        "no object is written `{}`; the graph has the value as {}: a pattern matches terms as they are written, \
         `FILTER({})` compares values",
        "объекта, записанного как `{}`, нет; в графе это значение записано как {}: образец сравнивает запись, \
         а `FILTER({})` — значения",
    ),
    (
        "no text in the graph has the language `{}`; there are {}",
        "текстов на языке `{}` в графе нет; есть {}",
    ),
    (
        "no text in the graph has the language `{}`",
        "текстов на языке `{}` в графе нет",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_found_by_their_fixed_words() {
        for (english, russian) in [
            ("a triple needs an object", "тройке нужен объект"),
            (
                "`}` is missing: the `{` at 1:10 is not closed",
                "не хватает `}`: `{` в 1:10 не закрыта",
            ),
            (
                "`city/irbit` (a `cg:City`) has no `cg:speaker`; it belongs to a `cg:Quotation` or a `cg:Claim`, such as \
                 `quotation/x`",
                "у `city/irbit` (`cg:City`) нет `cg:speaker`; оно бывает у `cg:Quotation` или `cg:Claim`, например у \
                 `quotation/x`",
            ),
            (
                "nothing in the graph has the class `cg:Citty`; did you mean `cg:City`?",
                "в графе нет ничего из класса `cg:Citty`; возможно, имелось в виду `cg:City`?",
            ),
            (
                "the graph says nothing of `city/irbitt`; did you mean `city/irbit`?",
                "о `city/irbitt` в графе ничего не сказано; возможно, имелось в виду `city/irbit`?",
            ),
        ] {
            let found = translate(Language::Russian, english);
            assert_eq!(found.as_deref(), Some(russian));
            let same = translate(Language::English, english);
            assert_eq!(same.as_deref(), Some(english));
        }
        assert_eq!(translate(Language::Russian, "something else"), None);
    }

    #[test]
    fn templates_have_the_same_holes_in_both_languages() {
        for (english, russian) in SENTENCES {
            let count = |text: &str| text.matches("{}").count();
            // What makes a difference between letters that look the same stays English, and is left out.
            let differs = usize::from(english.ends_with("? {}"));
            assert_eq!(count(english), count(russian) + differs, "{english}");
            assert!(
                in_russian(&english.replace("{}", "x")).is_some(),
                "{english}"
            );
        }
    }
}
