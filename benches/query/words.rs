//! Words in Russian and English that labels are made of.

/// A word in two languages.
pub type Word = (&'static str, &'static str);

pub const MEN: [Word; 12] = [
    ("Александр", "Alexander"),
    ("Алексей", "Alexey"),
    ("Андрей", "Andrey"),
    ("Борис", "Boris"),
    ("Вадим", "Vadim"),
    ("Дмитрий", "Dmitry"),
    ("Иван", "Ivan"),
    ("Михаил", "Mikhail"),
    ("Николай", "Nikolay"),
    ("Олег", "Oleg"),
    ("Сергей", "Sergey"),
    ("Фёдор", "Fyodor"),
];

pub const WOMEN: [Word; 12] = [
    ("Анна", "Anna"),
    ("Вера", "Vera"),
    ("Галина", "Galina"),
    ("Дарья", "Darya"),
    ("Екатерина", "Ekaterina"),
    ("Ирина", "Irina"),
    ("Мария", "Maria"),
    ("Наталья", "Natalya"),
    ("Ольга", "Olga"),
    ("Светлана", "Svetlana"),
    ("Татьяна", "Tatyana"),
    ("Юлия", "Yulia"),
];

/// A woman's surname has one more letter, `а`.
pub const SURNAMES: [Word; 30] = [
    ("Александров", "Alexandrov"),
    ("Алексеев", "Alexeev"),
    ("Баранов", "Baranov"),
    ("Белов", "Belov"),
    ("Борисов", "Borisov"),
    ("Васильев", "Vasilyev"),
    ("Виноградов", "Vinogradov"),
    ("Волков", "Volkov"),
    ("Воробьёв", "Vorobyov"),
    ("Голубев", "Golubev"),
    ("Егоров", "Egorov"),
    ("Жуков", "Zhukov"),
    ("Зайцев", "Zaytsev"),
    ("Иванов", "Ivanov"),
    ("Ильин", "Ilyin"),
    ("Киселёв", "Kiselyov"),
    ("Козлов", "Kozlov"),
    ("Королёв", "Korolyov"),
    ("Кузнецов", "Kuznetsov"),
    ("Лебедев", "Lebedev"),
    ("Макаров", "Makarov"),
    ("Медведев", "Medvedev"),
    ("Морозов", "Morozov"),
    ("Никитин", "Nikitin"),
    ("Орлов", "Orlov"),
    ("Павлов", "Pavlov"),
    ("Смирнов", "Smirnov"),
    ("Соколов", "Sokolov"),
    ("Тарасов", "Tarasov"),
    ("Фролов", "Frolov"),
];

pub const TOWNS: [Word; 16] = [
    ("Боровск", "Borovsk"),
    ("Верхнегорск", "Verkhnegorsk"),
    ("Железногорск", "Zheleznogorsk"),
    ("Заречный", "Zarechny"),
    ("Каменск", "Kamensk"),
    ("Краснолесье", "Krasnolesye"),
    ("Лесной", "Lesnoy"),
    ("Медногорск", "Mednogorsk"),
    ("Нижнеозёрск", "Nizhneozyorsk"),
    ("Новокуйбышевск", "Novokuybyshevsk"),
    ("Приволжск", "Privolzhsk"),
    ("Светлогорск", "Svetlogorsk"),
    ("Северск", "Seversk"),
    ("Солнечный", "Solnechny"),
    ("Тихорецк", "Tikhoretsk"),
    ("Южноуральск", "Yuzhnouralsk"),
];

/// In Russian as it follows `по теме`.
pub const TOPICS: [Word; 14] = [
    ("благоустройство", "public space"),
    ("городская среда", "urban environment"),
    ("городской транспорт", "urban transport"),
    ("жилищное строительство", "housing construction"),
    ("культурное наследие", "cultural heritage"),
    ("малый бизнес", "small business"),
    ("местный бюджет", "local budgets"),
    ("моногорода", "single-industry towns"),
    ("наука и образование", "science and education"),
    ("общественное здоровье", "public health"),
    ("промышленные парки", "industrial parks"),
    ("туризм", "tourism"),
    ("цифровые услуги", "digital services"),
    ("экология", "ecology"),
];

/// Class of the ontology, name in both languages.
pub const EVENTS: [(&str, &str, &str); 8] = [
    (
        "StrategicSession",
        "Стратегическая сессия",
        "Strategic session",
    ),
    ("ProjectSession", "Проектная сессия", "Project session"),
    ("Forum", "Форум", "Forum"),
    ("Conference", "Конференция", "Conference"),
    ("Exhibition", "Выставка", "Exhibition"),
    ("Meeting", "Совещание", "Meeting"),
    ("Discussion", "Обсуждение", "Discussion"),
    ("Survey", "Опрос", "Survey"),
];

pub const ORGANISATIONS: [Word; 8] = [
    ("Администрация", "Administration"),
    ("Департамент", "Department"),
    ("Институт", "Institute"),
    ("Издательство", "Publishing house"),
    ("Комитет", "Committee"),
    ("Музей", "Museum"),
    ("Фонд", "Foundation"),
    ("Центр", "Centre"),
];
