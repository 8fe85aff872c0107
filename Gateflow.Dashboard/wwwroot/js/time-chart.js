// One chart over time. Made once; update() takes what changed and redraws the same chart without animation. Colours are CSS
// variables all the way into the SVG, so a switch of the theme needs no call. The SVG stands in a shadow root: a redraw measures
// texts, and against Radzen's sheet (thousands of rules, many with :has) each measurement costs ten times as much.
import ApexCharts from '/lib/apexcharts/apexcharts.esm.js';

const number = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 });
const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });
const cents = new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD', maximumSignificantDigits: 3 });

const units = {
  share: v => `${number.format(v * 100)}\u00a0%`,
  percent: v => `${number.format(v)}\u00a0%`,
  milliseconds: v => v >= 1000 ? `${number.format(v / 1000)}\u00a0s` : `${number.format(v)}\u00a0ms`,
  count: v => compact.format(v),
  usd: v => cents.format(v),
  plain: v => number.format(v),
};

const sheet = new CSSStyleSheet();
sheet.replaceSync(`
  .apexcharts-canvas { font-family: var(--gf-font); font-variant-numeric: tabular-nums; }
  .apexcharts-xaxis-label, .apexcharts-yaxis-label, .apexcharts-xaxis-label tspan, .apexcharts-yaxis-label tspan { fill: var(--gf-text-3); font-size: 11px; }
  .apexcharts-yaxis-annotation-label, .apexcharts-xaxis-annotation-label { font-weight: 550; }
  .apexcharts-gridline { stroke: var(--gf-border); }
  .apexcharts-xcrosshairs, .apexcharts-ycrosshairs { stroke: var(--gf-text-3); }
  .apexcharts-canvas .apexcharts-tooltip.apexcharts-theme-light { background: var(--gf-surface); color: var(--gf-text); border: 1px solid var(--gf-border); box-shadow: var(--gf-shadow-raised); }
  .apexcharts-canvas .apexcharts-tooltip.apexcharts-theme-light .apexcharts-tooltip-title { background: var(--gf-surface-2); border-color: var(--gf-border); font-size: 12px !important; }
  .apexcharts-tooltip-text { font-size: 12px !important; }
  .apexcharts-canvas .apexcharts-tooltip-y-group { padding: 1px 0; }
`);

const tones = {
  'tone-source': '--gf-arm-source', 'tone-target': '--gf-arm-target', 'tone-accent': '--gf-arm-target', 'tone-healthy': '--gf-healthy-solid',
  'tone-watch': '--gf-watch-solid', 'tone-breach': '--gf-breach-solid', 'tone-paused': '--gf-paused-solid', 'tone-rolled-back': '--gf-rolled-back-solid',
  'tone-series1': '--gf-series-1', 'tone-series2': '--gf-series-2', 'tone-series3': '--gf-series-3',
  'tone-series4': '--gf-series-4', 'tone-series5': '--gf-series-5', 'tone-series6': '--gf-series-6',
};
// ApexCharts writes a name into its tooltip as HTML, and a name may be what any caller has sent.
const asText = name => name.replace(/[&<>"']/g, c => `&#${c.charCodeAt(0)};`);
const colour = tone => `var(${tones[tone] ?? '--gf-unknown-solid'})`;
// Words need more contrast than lines.
const ink = tone => tones[tone]?.endsWith('-solid') ? `var(${tones[tone].slice(0, -6)})` : 'var(--gf-text-2)';

// Seconds between ticks. The window opens at a tick and closes at one: its labels stand still while points come in.
const ticks = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800, 1209600, 2592000].map(s => s * 1000);

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
const minute = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const date = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const full = new Intl.DateTimeFormat(undefined, { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });

let count = 0;

export function create(host, unitName, group, height) {
  const state = { number: 0, series: [], span: 0, tick: 0, most: 0, queued: null, busy: false, gone: false, hover: null, seen: true };
  const unit = units[unitName] ?? units.plain;
  const axisLabel = value => {
    if (value === undefined || value === null) { return ''; }
    const at = new Date(Number(value));
    const begins = at.getHours() === 0 && at.getMinutes() === 0; // over days, a day is named where it begins: both together have no room
    return (state.tick >= 864e5 || (state.span > 864e5 && begins) ? date : state.tick >= 6e4 ? minute : clock).format(at);
  };
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
  root.adoptedStyleSheets = [sheet];
  const canvas = document.createElement('div');
  root.append(canvas);
  const chart = new ApexCharts(canvas, {
    chart: {
      id: `gf-chart-${++count}`, group: group ?? undefined, type: 'line', height, width: '100%',
      animations: { enabled: false }, toolbar: { show: false }, zoom: { enabled: false }, selection: { enabled: false },
      fontFamily: 'var(--gf-font)', background: 'transparent', parentHeightOffset: 0, redrawOnParentResize: true, redrawOnWindowResize: true,
    },
    series: [],
    legend: { show: false },
    dataLabels: { enabled: false },
    grid: { padding: { left: 4, right: 12, top: -14, bottom: -4 }, strokeDashArray: 0 },
    xaxis: { type: 'numeric', axisBorder: { color: 'var(--gf-border-strong)' }, tooltip: { enabled: false }, labels: { hideOverlappingLabels: true, rotate: 0, formatter: at => axisLabel(at) }, axisTicks: { show: false } },
    yaxis: { labels: { minWidth: 46, maxWidth: 64, formatter: v => v === null || v === undefined ? '–' : unit(v) } },
    tooltip: { shared: true, intersect: false, x: { formatter: at => full.format(new Date(Number(at))) }, y: { formatter: v => v === null || v === undefined ? '–' : unit(v) } },
    noData: { text: '' },
  });
  const ready = chart.render();

  // A redraw takes the tooltip away: it is asked back where the pointer stands.
  const remember = event => { state.hover = event; };
  const forget = () => { state.hover = null; };
  host.addEventListener('mousemove', remember);
  host.addEventListener('mouseleave', forget);

  function hoverAgain() {
    const last = state.hover;
    if (!last || !host.matches(':hover')) { return; }
    root.elementFromPoint(last.clientX, last.clientY)?.dispatchEvent(new MouseEvent('mousemove', { bubbles: true, clientX: last.clientX, clientY: last.clientY }));
  }

  function take(change) {
    const before = new Map(state.series.map(s => [s.name, s.data]));
    // Dots first: ApexCharts finds the place of its tooltip by the first line's markers.
    const ordered = change.series.toSorted((a, b) => Number(b.stroke === 'dots') - Number(a.stroke === 'dots'));
    state.series = ordered.map(s => ({
      name: s.name, tone: s.tone, stroke: s.stroke,
      data: (before.get(s.name) ?? []).slice(s.drop, s.drop + s.keep).concat(s.add),
    }));
  }

  // Round ticks; the axis grows at once and shrinks only when half of it is idle, else it would breathe with every point.
  function niceScale(change) {
    const values = state.series.flatMap(s => s.data.map(p => p[1]).filter(v => v !== null)).concat(change.thresholds.map(t => t.y));
    const least = change.min ?? (values.length ? Math.min(...values) : 0);
    let most = change.max ?? Math.max(least, ...values);
    if (!(most > least)) { most = least + (Math.abs(least) || 1); }
    if (change.max === null || change.max === undefined) {
      most = least + (most - least) * 1.06;
      if (state.most > most && state.most < least + (most - least) * 2) { most = state.most; }
      state.most = most;
    }
    const rough = (most - least) / 4;
    const power = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 2.5, 5, 10].map(n => n * power).find(n => n >= rough * 0.999);
    const min = change.min ?? Math.floor(least / step) * step;
    const ticks = change.max === null || change.max === undefined ? Math.max(1, Math.ceil((most - min) / step - 1e-9)) : 4;
    return { min, max: change.max ?? min + ticks * step, ticks };
  }

  function optionsFor(change) {
    const times = state.series.flatMap(s => s.data.length ? [s.data[0][0], s.data[s.data.length - 1][0]] : []);
    const first = change.from ?? (times.length ? Math.min(...times) : Date.now() - 3e5);
    const last = Math.max(change.to ?? (times.length ? Math.max(...times) : Date.now()), first + 1000);
    const most = Math.max(2, Math.min(6, Math.floor(host.clientWidth / (last - first > 864e6 ? 70 : 110)))); // labels with seconds need the room, dates do not
    const tick = ticks.find(t => t >= (last - first) / most) ?? ticks[ticks.length - 1];
    const zone = new Date(last).getTimezoneOffset() * 6e4;
    const from = Math.floor((first - zone) / tick) * tick + zone;
    const to = Math.ceil((last - zone) / tick) * tick + zone;
    state.span = to - from;
    state.tick = tick;
    const scale = niceScale(change);
    return {
      series: state.series.map(s => ({ name: asText(s.name), data: s.data })),
      colors: state.series.map(s => colour(s.tone)),
      stroke: {
        width: state.series.map(s => s.stroke === 'dots' ? 0 : s.tone === 'tone-source' ? 1.75 : 2.25),
        curve: state.series.map(s => s.stroke.startsWith('stepped') ? 'stepline' : 'straight'),
        dashArray: state.series.map(s => s.stroke.endsWith('dashed') ? 5 : s.stroke === 'dotted' ? 2 : 0),
        lineCap: 'round',
      },
      markers: { size: state.series.map(s => s.stroke === 'dots' ? 2 : 0), strokeWidth: 0, hover: { size: 4, sizeOffset: 0 } },
      xaxis: { min: from, max: to, tickAmount: Math.round((to - from) / tick) },
      yaxis: { min: scale.min, max: scale.max, tickAmount: scale.ticks, forceNiceScale: false, labels: { minWidth: 46, maxWidth: 64, formatter: v => v === null || v === undefined ? '–' : unit(v) } },
      annotations: {
        yaxis: change.thresholds.map(t => ({ y: t.y, borderColor: colour(t.tone), strokeDashArray: 4, borderWidth: 1.5, label: { text: `${t.label} ${unit(t.y)}`, position: 'left', textAnchor: 'start', offsetX: 4, offsetY: -2, borderWidth: 0, style: { background: 'transparent', color: ink(t.tone) } } })),
        xaxis: change.marks.filter(m => m.x >= from && m.x <= to).map(m => ({ x: m.x, borderColor: colour(m.tone), strokeDashArray: 2, borderWidth: 1, label: { text: m.label, orientation: 'vertical', position: 'top', textAnchor: 'middle', offsetX: 0, offsetY: 0, borderWidth: 0, style: { background: 'transparent', color: ink(m.tone) } } })),
      },
    };
  }

  // What nobody sees is not drawn: the newest change waits until the chart comes into view again.
  const catchUp = () => { if (state.queued) { void draw(state.queued); } };
  const sight = new IntersectionObserver(entries => {
    if (!host.isConnected) { void destroy(); return; } // the page was left while the chart was being made
    state.seen = entries[entries.length - 1].isIntersecting;
    catchUp();
  });
  sight.observe(host);
  document.addEventListener('visibilitychange', catchUp);

  async function draw(change) {
    state.queued = change;
    if (state.busy || !state.seen || document.hidden) { return; }
    state.busy = true;
    try {
      await ready;
      while (state.queued && !state.gone) {
        const next = state.queued;
        state.queued = null;
        await chart.updateOptions(optionsFor(next), false, false, false);
        host.dataset.draws = String(1 + Number(host.dataset.draws ?? 0));
        hoverAgain();
      }
    } finally {
      state.busy = false;
    }
  }

  async function destroy() {
    if (state.gone) { return; }
    state.gone = true;
    sight.disconnect();
    document.removeEventListener('visibilitychange', catchUp);
    host.removeEventListener('mousemove', remember);
    host.removeEventListener('mouseleave', forget);
    await ready;
    chart.destroy();
    canvas.remove();
  }

  return {
    // Answers "all" when that is wanted: an update before this one was lost with the connection, so that the points held are not those that it goes on from.
    update(json) {
      const change = JSON.parse(json);
      if (change.number !== state.number + 1 && change.series.some(s => s.keep > 0)) { return 'all'; }
      state.number = change.number;
      take(change);
      void draw(change);
      return null;
    },
    destroy,
  };
}
