"""Differences, objects and writes as lines for people."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from saasbackup_desktop.app.entra.views import DifferenceView, ObjectView, WriteLine
from saasbackup_desktop.app.words.entra.kinds import one_words, path_words, relation_words
from saasbackup_desktop.app.words.entra.plans import (
    REVIVED,
    STANDINGS,
    filled,
    left_out_words,
    reason_words,
    risk_words,
    write_words,
)
from saasbackup_desktop.app.words.entra.values import NOTHING, value_lines
from saasbackup_desktop.app.words.faults import words_for
from saasbackup_desktop.cli.figures import counted, printable
from saasbackup_desktop.core import codec
from saasbackup_desktop.core.directory.difference import AttributeChange, Change, LinkChange, ObjectDifference
from saasbackup_desktop.core.directory.objects import Link
from saasbackup_desktop.core.directory.plan import LeftOut, PlanHead, Risk, Standing
from saasbackup_desktop.core.directory.ticks import link_of
from saasbackup_desktop.core.stream import Json

MARKS = {Change.ADDED: "+", Change.REMOVED: "-", Change.CHANGED: "~", Change.UNCHANGED: "="}


def difference_lines(view: DifferenceView, *, is_whole: bool, with_noise: bool) -> Iterator[str]:
    """An object that differs, and how. ``is_whole``: also every attribute of what came or went."""
    one = view.difference
    yield printable(f"{MARKS[one.change]} {one_words(one.kind)} “{one.name or one.id}”  {one.key}")
    if one.change is Change.CHANGED or is_whole:
        yield from part_lines(one, view.names, with_noise=with_noise)


def part_lines(one: ObjectDifference, names: Mapping[str, str], *, with_noise: bool) -> Iterator[str]:
    """Attributes and links that differ."""
    for attribute in one.attributes:
        if with_noise or not attribute.trait.is_noise:
            yield from _attribute_lines(attribute, names)
    for link in one.links:
        if with_noise or not link.trait.is_noise:
            yield _link_line(link, names)


def _attribute_lines(change: AttributeChange, names: Mapping[str, str]) -> Iterator[str]:
    title = printable(path_words(change.path))
    old, new = value_lines(change.old, names), value_lines(change.new, names)
    if len(old) == len(new) == 1:
        yield f"    {title}: {printable(old[0])} → {printable(new[0])}"
        return
    yield f"    {title}:"
    for sign, lines, other in (("-", old, new), ("+", new, old)):
        for line in lines:
            if line not in other and line != NOTHING:
                yield f"      {sign} {printable(line)}"


def _link_line(change: LinkChange, names: Mapping[str, str]) -> str:
    return f"    {MARKS[change.change]} {link_text(change.link, names)}"


def link_text(link: Link, names: Mapping[str, str]) -> str:
    """A link on one line."""
    name = link.name or names.get(link.id) or link.id
    detail = f" ({names.get(link.detail, link.detail)})" if link.detail else ""
    return printable(f"{relation_words(link.relation)}: {name}{detail}")


def object_lines(view: ObjectView) -> Iterator[str]:
    """An object, whole."""
    one = view.object
    yield printable(f"{one_words(one.kind)} “{one.name or one.id}”  {one.key}")
    for name, value in sorted(one.properties.items()):
        yield from _value_lines(name, value, view.names)
    for link in one.links:
        yield f"    {link_text(link, view.names)}"
    if one.unread:
        yield printable(f"    Could not be read: {', '.join(path_words(name) for name in one.unread)}")


def _value_lines(path: str, value: Json, names: Mapping[str, str]) -> Iterator[str]:
    lines = value_lines(value, names)
    if lines == [NOTHING]:
        return
    title = printable(path_words(path))
    if len(lines) == 1:
        yield f"    {title}: {printable(lines[0])}"
        return
    yield f"    {title}:"
    for line in lines:
        yield f"      {printable(line)}"


def write_lines(line: WriteLine, *, undoes: bool = False) -> Iterator[str]:
    """A write: what it does, the request itself, what it changes, why, and what came of it."""
    write, result = line.write, line.result
    lead = " " * 7
    yield printable(f"{write.number:>5}. {write_words(write)}")
    yield printable(f"{lead}{write.method} {write.path}{' (beta)' if write.is_beta else ''}")
    if write.body is not None:
        yield printable(f"{lead}{codec.dumps(write.body)}")
    for path in sorted({*write.old, *write.new}):
        old, new = value_lines(write.old.get(path), line.names), value_lines(write.new.get(path), line.names)
        if old == new == [NOTHING]:
            continue
        if len(old) == len(new) == 1:
            yield f"{lead}{printable(path_words(path))}: {printable(old[0])} → {printable(new[0])}"
        else:
            yield f"{lead}{printable(path_words(path))}:"
            yield from (f"{lead}  - {printable(text)}" for text in old if text not in new and text != NOTHING)
            yield from (f"{lead}  + {printable(text)}" for text in new if text not in old and text != NOTHING)
    yield printable(f"{lead}{reason_words(write.reason)}")
    for risk in write.risks:
        yield f"{lead}{risk_line(risk, undoes=undoes)}"
    if result is not None:
        said = STANDINGS[result.standing].label
        if result.is_verified is not None:
            said += ", verified" if result.is_verified else ", not as wanted when it was read back"
        if result.new_id:
            said += f"; new id {result.new_id}"
        yield printable(f"{lead}→ {said}")
        if result.standing is Standing.SURPRISED:
            seen = ", ".join(path_words(path) for path in sorted(result.old or ()))
            yield printable(f"{lead}  {words_for(result.code, {'what': seen} if seen else {}).what}")
        elif result.code:
            yield printable(f"{lead}  {words_for(result.code).what} {result.detail}".rstrip())


def revived_line(head: PlanHead) -> str:
    """That what was revived may have brought along what nobody saw, and what to do."""
    what, remedy = REVIVED
    again = f"“saasbackup entra replan {head.id}” plans what is left of it." if head.is_repeatable else ""
    return printable(f"{filled(what, {'count': head.revived})}. {remedy} {again}".rstrip())


def left_lines(head: PlanHead, left: PlanHead) -> Iterator[str]:
    """What is left of a plan that took something out of the recycle bin, as the plan that was made after it has it."""
    number = sum(left.counts.values())
    what = f"{counted(head.revived, 'object')} came out of the recycle bin"
    yield f"{what}, and there is more to write since: plan {left.id} has {counted(number, 'write')}."
    if number:
        yield f"“saasbackup entra plans {left.id}” shows it, “saasbackup entra restore {left.id}” carries it out."
    if left.left_out.get("grave-risk"):
        yield from (risk_line(risk) for risk in left.risks if risk.is_grave and risk.code not in left.accepts)
        yield accept_line(left)


def accept_line(head: PlanHead) -> str:
    """How what carries a grave risk is planned, too."""
    refused = [risk.code for risk in head.risks if risk.is_grave and risk.code not in head.accepts]
    wanted = " ".join(f"--accept {code}" for code in refused)
    return f"“saasbackup entra replan {head.id} {wanted}” plans what carries a grave risk, too."


def left_out_line(one: LeftOut) -> str:
    """What is not written, and why; a link with the name of what it leads to."""
    link, key = link_of(one.key), one.key
    if link is not None:
        target = one.names.get(link.id) or str(one.facts.get("target", ""))
        key = f"{key.partition('#')[0]}  {link_text(replace(link, name=target), one.names)}"
    return printable(f"       {one.name or one.id}  {key}: {left_out_words(one)}")


def risk_line(risk: Risk, *, undoes: bool = False) -> str:
    """A risk, with what helps."""
    what, remedy = risk_words(risk, undoes=undoes)
    code = f" [{risk.code}]" if risk.is_grave else ""
    return printable(f"{'Grave risk' if risk.is_grave else 'Risk'}{code}: {what}. {remedy}".rstrip())
