"""The recovery kit: one printable page that opens the vault when the passphrase is lost."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from reportlab.graphics import renderPDF
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from saasbackup_desktop.app.home import write_named
from saasbackup_desktop.app.views import RecoveryKit


def save_recovery_kit(kit: RecoveryKit, file: Path) -> None:
    """Write the kit as a PDF page (A4) with the key as text and as a QR code. Only its owner can read the file."""
    page = BytesIO()
    canvas = Canvas(page, pagesize=A4)
    canvas.setTitle("Recovery kit")
    left, y = 22 * mm, A4[1] - 30 * mm
    canvas.setFont("Helvetica-Bold", 20)
    canvas.drawString(left, y, "Recovery kit")
    y = _paragraph(
        canvas,
        left,
        y - 12 * mm,
        "This page opens your backup vault when the passphrase is lost. Without the passphrase",
        "and without this page nobody can open it, not even its makers. Keep it on paper, in a safe",
        "place away from the computer. Whoever holds it can read everything in the vault.",
    )
    for label, value in (
        ("Vault", kit.location),
        ("Vault number", kit.vault_id),
        ("Made on", f"{datetime.fromtimestamp(kit.created, UTC):%Y-%m-%d %H:%M} UTC"),
    ):
        canvas.setFont("Helvetica", 10)
        canvas.drawString(left, y, label)
        canvas.setFont("Courier", 10)
        for start in range(0, len(value), 60):
            canvas.drawString(left + 32 * mm, y, value[start : start + 60])
            y -= 5 * mm
        y -= 2 * mm
    y -= 6 * mm
    canvas.setFont("Helvetica-Bold", 12)
    canvas.drawString(left, y, "Recovery key")
    y -= 9 * mm
    canvas.setFont("Courier-Bold", 12)
    groups = kit.recovery_key.split("-")
    for start in range(0, len(groups), 5):
        canvas.drawString(left, y, "-".join(groups[start : start + 5]))
        y -= 7 * mm
    size = 48 * mm
    code = QrCodeWidget(kit.recovery_key, barLevel="Q")  # readable with a quarter of it stained
    x0, y0, x1, y1 = code.getBounds()
    drawing = Drawing(size, size, transform=[size / (x1 - x0), 0, 0, size / (y1 - y0), 0, 0])
    drawing.add(code)
    renderPDF.draw(drawing, canvas, left - 4 * mm, y - size - 2 * mm)
    y -= size + 12 * mm
    y = _paragraph(
        canvas,
        left,
        y,
        "To use it: open the vault in the program, or run",
        "    saasbackup vault open LOCATION",
        "and give this recovery key where the passphrase is asked for. Capital letters, spaces and dashes do",
        "not matter, a mistyped letter is noticed, and the square above holds the same key.",
    )
    y = _paragraph(
        canvas,
        left,
        y,
        "Without the program: vault_reader.py is one file that needs Python and two libraries that it names:",
        "    python3 vault_reader.py LOCATION extract TARGET --recovery-key-file FILE",
        "where the first line of FILE is the recovery key.",
    )
    _paragraph(
        canvas,
        left,
        y,
        "When the vault's keys are replaced, or this key is removed, this page opens nothing any more:",
        "destroy it and keep the new one.",
    )
    canvas.showPage()
    canvas.save()
    write_named(file, page.getvalue())


def _paragraph(canvas: Canvas, left: float, y: float, *lines: str) -> float:
    canvas.setFont("Helvetica", 10.5)
    for line in lines:
        canvas.drawString(left, y, line)
        y -= 5.5 * mm
    return y - 6.0 * float(mm)
