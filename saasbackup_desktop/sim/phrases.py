"""Sentences in several languages, put together from pieces; none of them means much."""

from dataclasses import dataclass
from functools import cache

from saasbackup_desktop.sim.dice import Dice

PARAGRAPHS = 240
"""How many paragraphs there are of each language."""


@dataclass(frozen=True, slots=True)
class Language:
    """One language: the pieces of its sentences, how they join, and the small change of letters."""

    code: str
    who: tuple[str, ...]
    does: tuple[str, ...]
    what: tuple[str, ...]
    how: tuple[str, ...]
    hello: tuple[str, ...]
    bye: tuple[str, ...]
    subjects: tuple[str, ...]
    join: str = " "
    stop: str = ". "
    width: int = 72


ENGLISH = Language(
    "en",
    (
        "The workshop",
        "Our supplier in the north",
        "Everyone on the second floor",
        "The calibration team",
        "Your draft",
        "The new anemometer",
        "My train",
        "The board",
        "That spreadsheet",
        "Nobody but the night shift",
        "The harbour office",
        "A customer from the islands",
        "The spare barometer",
    ),
    (
        "has looked again at",
        "would like to postpone",
        "finally measured",
        "cannot find",
        "is waiting for",
        "agreed to",
        "wrote three pages about",
        "has doubts about",
        "paid for",
        "forgot to mention",
        "will present",
        "painted over",
    ),
    (
        "the rain gauge on the roof",
        "the figures of last quarter",
        "the budget for spring",
        "a crate of brass screws",
        "the contract with the lighthouse",
        "next week's visit",
        "the humidity chamber",
        "the blue binder",
        "our answer to the tender",
        "the minutes of the meeting",
        "all four prototypes",
        "the wording on the box",
        "a second opinion on the wind tunnel",
        "the invoice for the glass tubes",
    ),
    (
        "before the weekend",
        "without telling anyone",
        "after a long discussion",
        "because the lift was broken again",
        "as far as I can see",
        "at half the price",
        "on Thursday at the latest",
        "and asks for a short note back",
        "although it rained",
        "with the usual reservations",
        "from the small meeting room",
    ),
    ("Hello {}", "Dear {}", "Hi {}", "Good morning {}", "{} -"),
    ("Kind regards", "Best wishes", "Thanks", "Yours", "Until tomorrow"),
    (
        "Rain gauge on the roof",
        "Minutes of Tuesday",
        "Visit next week",
        "Prototype {} is ready",
        "Question about order {}",
        "Lunch?",
        "Draft of the tender, version {}",
        "Keys for the store room",
        "Room {} is double booked",
        "Figures for quarter {}",
        "Screws again",
        "Holiday plan",
        "Budget, version {}",
        "Wind tunnel slot {}",
    ),
)

GERMAN = Language(
    "de",
    (
        "Die Werkstatt",
        "Unser Lieferant",
        "Die Geschäftsführung",
        "Frau Kröger",
        "Der Prüfstand",
        "Niemand im Büro",
        "Die Wetterhütte",
    ),
    ("prüft derzeit", "benötigt dringend", "verschiebt", "bestätigt", "vermisst", "schließt", "erklärt ausführlich"),
    (
        "die Messwerte vom März",
        "den Rahmenvertrag",
        "die Größe der Gehäuse",
        "das Gerät mit der Nummer siebzehn",
        "die übrigen Schläuche",
        "den Fußboden im Lager",
        "die Rückmeldung aus Köln",
    ),
    (
        "bis zum Wochenende",
        "ohne weitere Kosten",
        "wie besprochen",
        "trotz der Kälte",
        "in aller Kürze",
        "gemäß Anhang",
    ),
    ("Hallo {}", "Liebe Grüße vorab, {}", "Guten Tag {}"),
    ("Mit freundlichen Grüßen", "Viele Grüße", "Schöne Woche"),
    (
        "Prüfbericht {}",
        "Rückfrage zu Größe {}",
        "Übergabe am Freitag",
        "Schlüssel fürs Lager",
        "Angebot über {} Gehäuse",
    ),
)

FRENCH = Language(
    "fr",
    ("L'atelier", "Notre fournisseur", "La station météo", "Le comité", "Personne ici", "Le capteur numéro huit"),
    ("a vérifié", "attend toujours", "déplace", "a reçu", "préfère garder", "a égaré"),
    (
        "les relevés de février",
        "le contrat signé",
        "la boîte à outils",
        "les pièces détachées",
        "l'ébauche du catalogue",
        "le câble abîmé",
    ),
    ("avant la fin du mois", "malgré la tempête", "comme prévu", "à moitié prix", "sans délai", "après le déjeuner"),
    ("Bonjour {}", "Chère équipe, cher {}", "Salut {}"),
    ("Cordialement", "À bientôt", "Bien à vous"),
    ("Relevé n° {}", "Réunion déplacée", "Où sont les clés ?", "Devis {} à signer", "Capteur cassé"),
)

SPANISH = Language(
    "es",
    ("El taller", "La oficina del puerto", "Nuestra compañera", "El pequeño sensor", "Nadie"),
    ("revisó", "todavía espera", "mañana enviará", "olvidó", "pintó"),
    (
        "las mediciones de otoño",
        "el presupuesto número dos",
        "la caja de tornillos",
        "el plano de la torre",
        "la señal de alarma",
    ),
    ("antes del viernes", "a pesar de la lluvia", "según lo acordado", "con mucho cariño", "sin explicación"),
    ("Hola {}", "Estimado {}", "Buenos días {}"),
    ("Un saludo", "Hasta mañana", "Gracias"),
    ("Medición {}", "¿Quién tiene la llave?", "Presupuesto {}", "Reunión de mañana"),
)

RUSSIAN = Language(
    "ru",
    ("Мастерская", "Наш поставщик", "Северная станция", "Комиссия", "Новый прибор", "Никто из нас"),
    ("проверила", "ждёт", "перенесла", "получит", "не может найти", "оплатил"),
    (
        "показания за апрель",
        "ящик латунных винтов",
        "черновик договора",
        "запасной барометр",
        "ответ из порта",
        "чертёж мачты",
    ),
    ("до конца недели", "несмотря на дождь", "как договорились", "за полцены", "без предупреждения", "после обеда"),
    ("Здравствуйте, {}", "Добрый день, {}", "Привет, {}"),
    ("С уважением", "До завтра", "Спасибо"),
    ("Отчёт {}", "Ключи от склада", "Вопрос по заказу {}", "Встреча переносится"),
)

JAPANESE = Language(
    "ja",
    ("工場は", "北の支店は", "新しい風速計は", "担当者は", "港の事務所は", "試験室は"),
    ("先週の記録を", "真鍮のねじを", "契約書の下書きを", "雨量計の部品を", "来週の予定を", "四つの試作品を"),
    ("もう一度", "午後までに", "雨にもかかわらず", "会議のあとで", "半分の値段で", "静かに"),
    ("確認しました", "待っています", "見つけられません", "送ります", "変更したいそうです", "忘れていました"),
    ("{} さま", "{} さん、こんにちは"),
    ("よろしくお願いします", "また明日", "ありがとうございました"),
    ("記録 {} について", "会議の日程", "注文 {} の確認", "倉庫の鍵"),
    "",
    "。",
    36,
)

CHINESE = Language(
    "zh",
    ("车间", "北方的供应商", "新的风速计", "气象站", "港口办公室", "值夜班的同事"),
    ("已经检查了", "还在等待", "推迟了", "找不到", "付清了", "重新写了"),
    ("上季度的数据", "一箱铜螺丝", "合同草稿", "屋顶的雨量计", "下周的安排", "四台样机"),
    ("在周末之前", "虽然下着雨", "按照约定", "用一半的价格", "没有通知大家", "午饭以后"),
    ("{},您好", "亲爱的{}"),
    ("此致敬礼", "明天见", "谢谢"),
    ("数据 {}", "关于订单 {} 的问题", "会议改期", "仓库钥匙"),
    "",
    "。",
    36,
)

EUROPEAN = (GERMAN, FRENCH, SPANISH)


@cache
def paragraphs(language: Language) -> tuple[str, ...]:
    """List the paragraphs of a language, wrapped, lines ending with a plain newline."""
    dice = Dice("paragraphs", language.code)
    return tuple(_wrapped(language, _sentences(language, dice)) for _ in range(PARAGRAPHS))


def _sentences(language: Language, dice: Dice) -> str:
    sentences = (
        language.join.join(dice.pick(pieces) for pieces in (language.who, language.does, language.what, language.how))
        for _ in range(dice.between(2, 7))
    )
    return "".join(sentence + language.stop for sentence in sentences).strip()


def _wrapped(language: Language, text: str) -> str:
    lines: list[str] = []
    if language.join:
        line = ""
        for word in text.split():
            if line and len(line) + len(word) >= language.width:
                lines.append(line)
                line = word
            else:
                line = f"{line} {word}".strip()
        lines.append(line)
    else:
        lines = [text[start : start + language.width] for start in range(0, len(text), language.width)]
    return "\n".join(lines) + "\n"


def subject(language: Language, dice: Dice) -> str:
    """Make a subject."""
    return dice.pick(language.subjects).format(dice.between(2, 980))
