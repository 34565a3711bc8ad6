"""The results as one picture, SVG and PNG: a panel for every question, horizontal bars with their intervals."""

from dataclasses import dataclass

from .candidates import LABELS

COLOURS = {
    "full": "#0f766e", "bare": "#5eb5a9", "haproxy": "#c2703d", "nginx": "#8a6fae", "floor": "#6b7280",
    "direct": "#b8bec8", "workers-1": "#0f766e", "workers-2": "#5eb5a9", "latency-low": "#0f766e",
    "latency-balanced": "#5eb5a9", "latency-frugal": "#a9d8cf",
}
SHORT = {
    "full": "Portcullis, full", "bare": "Portcullis, bare", "haproxy": "HAProxy", "nginx": "nginx", "floor": "C floor",
    "direct": "no relay", "latency-low": "low", "latency-balanced": "balanced", "latency-frugal": "frugal",
    "workers-1": "1 worker", "workers-2": "2 workers",
}
INK, FAINT, GRID, ALARM = "#1f2937", "#6b7280", "#e5e7eb", "#b91c1c"


@dataclass(frozen=True)
class Panel:
    """One figure of one scenario, or several below each other, told apart by how strong their colour is."""

    scenario: str
    title: str
    figures: tuple
    unit: str
    better: str
    digits: int = 1
    target: float | None = None
    target_text: str = ""
    logarithmic: bool = False
    part: str | None = None


_LATENCY = (("p50_us", "p50"), ("p99_us", "p99"), ("p999_us", "p99.9"))
_CPU = (("cpu_us", ""),)
# In the order in which they fill the lines, three in each.
PANELS = [
    Panel("steady-1000", "steady · CPU per round trip", _CPU, "µs", "lower", part="user_us"),
    Panel("steady-4000", "steady, more players · CPU per round trip", _CPU, "µs", "lower", part="user_us"),
    Panel("crowd", "crowd · cores per 100,000 packets/s", (("cores_per_100k", ""),), "cores", "lower", 2, 1.2,
          "published gateway"),
    Panel("steady-1000", "steady · latency", _LATENCY, "µs", "lower", 0, logarithmic=True),
    Panel("steady-4000", "steady, more players · latency", _LATENCY, "µs", "lower", 0, logarithmic=True),
    Panel("crowd", "crowd · latency one way", (("mean_us", "mean"), ("p99_us", "p99")), "µs", "lower", 0, 800,
          "gateway's mean", True),
    Panel("crowd", "crowd · resident memory", (("resident_mb", ""),), "MB", "lower", 0, 120, "published gateway"),
    Panel("idle", "idle · resident memory per connection", (("used_per_connection", ""),), "bytes", "lower", 0, 512,
          "target"),
    Panel("churn", "churn · connections per second of a core", (("per_core", ""),), "1/s", "higher", 0),
    Panel("siege", "siege · refused per second of a core", (("refused_per_core", ""),), "1/s", "higher", 0),
    Panel("siege", "siege · the players' p99", (("peace_p99_us", "in peace"), ("p99_us", "besieged")), "µs", "lower",
          0),
    Panel("closing", "closing · a ban of 2,000 connections", (("closed_ms", ""),), "ms", "lower", 0, 100, "target"),
    Panel("bulk", "bulk · throughput", (("down_mb_s", "to the client"), ("up_mb_s", "from the client")), "MB/s",
          "higher", 0),
    Panel("scale", "scale · CPU per round trip", _CPU, "µs", "lower", part="user_us"),
    Panel("latency", "the latency knob · CPU per round trip", _CPU, "µs", "lower", part="user_us"),
    Panel("latency", "the latency knob · latency", _LATENCY, "µs", "lower", 0, logarithmic=True),
]


def subtitle(result):
    """The load in a few words; the whole of it stands in the table's heading."""
    settings = result.settings
    parts = []
    if "connections" in settings:
        parts.append(f"{settings['connections']:,} connections")
    if "players" in settings:
        parts.append(f"{settings['players']} players, {settings['listed']:,} banned addresses")
    if "rate" in settings:
        parts.append(f"{settings['rate']:,}/s")
    if result.name == "bulk":
        parts.append("1 connection, packets of 32 KiB")
    return ", ".join(parts)


def bars_of(panel, result):
    """Rows from top to bottom: candidate, figure's name, estimate, how strong its colour is."""
    rows = []
    for name, figures in result.summary.items():
        shown = [(text, figures[figure]) for figure, text in panel.figures if figure in figures]
        for index, (text, value) in enumerate(shown):
            rows.append((name, text, value, 1 - 0.6 * index / max(len(shown), 2), index == 0))
    return rows


def place_rows(rows):
    """Where each row stands, and where each candidate's name does: in the middle of its rows."""
    places, ticks, place = [], [], 0.0
    for name, _, _, _, is_first in rows:
        place += 0.55 if is_first and places else 0
        places.append(place)
        if is_first:
            ticks.append([name])
        ticks[-1].append(place)
        place += 1
    return places, [(entry[0], sum(entry[1:]) / len(entry[1:])) for entry in ticks]


def draw_row(axes, panel, row, y, figures):
    """A bar; a point where the scale has no zero, so that a length would mean nothing."""
    name, text, value, strength, _ = row
    if panel.logarithmic:
        axes.plot(value.median, y, "o", color=COLOURS[name], alpha=strength, markersize=7, markeredgewidth=0)
    else:
        axes.barh(y, value.median, height=0.82, color=COLOURS[name], alpha=strength, linewidth=0)
        if panel.part in figures:
            part = figures[panel.part].median
            axes.barh(y, part, height=0.82, left=value.median - part, color="white", alpha=0.4, linewidth=0)
    if value.high > value.low:
        axes.errorbar(
            value.median, y, xerr=[[value.median - value.low], [value.high - value.median]], color=INK, elinewidth=1,
            capsize=2.2, capthick=1)
    axes.annotate(
        f"{value.median:,.{panel.digits}f}" + (f"  {text}" if text else ""), (value.high, y), xytext=(6, 0),
        textcoords="offset points", va="center", fontsize=8, color=INK)


def draw_target(axes, panel):
    axes.axvline(panel.target, color=ALARM, linewidth=1, linestyle=(0, (4, 3)), zorder=0)
    axes.annotate(
        f"{panel.target_text}: {panel.target:g}", (panel.target, 0), xycoords=("data", "axes fraction"),
        xytext=(3, 3), textcoords="offset points", fontsize=7.5, color=ALARM)


def set_scale(axes, panel, rows):
    from matplotlib.ticker import FuncFormatter
    greatest = max([value.high for _, _, value, _, _ in rows] + [panel.target or 0])
    least = min([value.low for _, _, value, _, _ in rows] + [panel.target or float("inf")])
    if panel.logarithmic:
        axes.set_xscale("log")
        axes.set_xlim(max(least, 1) / 1.6, greatest * (max(greatest / max(least, 1), 8) ** 0.38))
        axes.minorticks_off()
    else:
        axes.set_xlim(0, greatest * 1.32)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}" if value >= 5 else f"{value:g}"))


def draw_panel(axes, panel, result):
    rows = bars_of(panel, result)
    places, ticks = place_rows(rows)
    for row, y in zip(rows, places):
        draw_row(axes, panel, row, y, result.summary[row[0]])
    if panel.target:
        draw_target(axes, panel)
    set_scale(axes, panel, rows)
    axes.set_yticks([y for _, y in ticks], [SHORT.get(name, LABELS.get(name)) for name, _ in ticks])
    # Few rows do not become thick ones.
    axes.set_ylim(max(max(places) + (1.3 if panel.target else 0.75), 4.5), -0.75)
    axes.set_title(panel.title, loc="left", fontsize=11, fontweight="bold", color=INK, pad=20)
    note = f"{panel.unit}, {panel.better} is better" + (", the light part in user mode" if panel.part else "")
    axes.annotate(
        " · ".join(filter(None, [subtitle(result), note])), (0, 1), xycoords="axes fraction", xytext=(0, 6),
        textcoords="offset points", fontsize=8, color=FAINT)


def style(axes):
    axes.set_axisbelow(True)
    axes.grid(axis="x", color=GRID, linewidth=0.8)
    axes.tick_params(axis="y", length=0, labelsize=8.5, labelcolor=INK)
    axes.tick_params(axis="x", length=0, labelsize=7.5, labelcolor=FAINT)
    for side in ("top", "right", "bottom", "left"):
        axes.spines[side].set_visible(False)


def draw(facts, results, plan, folder):
    """Writes results.svg and results.png; nothing when no scenario has a panel."""
    import matplotlib
    matplotlib.use("Agg")
    matplotlib.rcParams |= {"svg.hashsalt": "portcullis", "font.family": "DejaVu Sans"}
    from matplotlib import pyplot

    panels = [panel for panel in PANELS if panel.scenario in results and bars_of(panel, results[panel.scenario])]
    if not panels:
        return
    columns = min(3, len(panels))
    lines = -(-len(panels) // columns)
    figure, grid = pyplot.subplots(
        lines, columns, figsize=(5.4 * columns, 3.35 * lines + 1.1), squeeze=False, layout="constrained")
    figure.get_layout_engine().set(h_pad=0.16, w_pad=0.14)
    for axes, panel in zip(grid.flat, panels):
        style(axes)
        draw_panel(axes, panel, results[panel.scenario])
    for axes in list(grid.flat)[len(panels):]:
        axes.set_visible(False)
    rounds = "a glance: 3 rounds, whose range is shown" if plan.quick else (
        f"medians over {plan.rounds} interleaved rounds, with 95 % confidence intervals")
    figure.suptitle(
        f"Portcullis beside other relays: {rounds}\n"
        f"{facts['date'].split()[0]} · {facts['cores']} × {facts['cpu']} · Linux {facts['kernel']} · "
        f"HAProxy {facts['haproxy']} · nginx {facts['nginx']}",
        x=0.012, ha="left", fontsize=11, color=INK)
    for ending in ("svg", "png"):
        metadata = {"Date": None} if ending == "svg" else {"Software": None}
        figure.savefig(folder / f"results.{ending}", dpi=110, metadata=metadata, facecolor="white")
    pyplot.close(figure)
