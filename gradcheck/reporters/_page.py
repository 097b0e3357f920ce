"""The look of the HTML page: one sheet of CSS, light or dark as the reader's system is."""

CSS = """
:root {
  color-scheme: light dark;
  --page: #ffffff; --text: #1f2328; --quiet: #59636e; --line: #d1d9e0; --panel: #f6f8fa;
  --right: #1a7f37; --wrong: #cf222e; --undecided: #9a6700; --accepted: #0969da;
  --added: #dafbe1; --removed: #ffebe9; --mark: #fff3bf;
  --heat0: #dcefe1; --heat1: #fde2c8; --heat2: #f8b38a; --heat3: #e5694a; --heat4: #a31621;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0d1117; --text: #e6edf3; --quiet: #9198a1; --line: #3d444d; --panel: #161b22;
    --right: #3fb950; --wrong: #ff7b72; --undecided: #d29922; --accepted: #58a6ff;
    --added: #12361f; --removed: #4b1a1d; --mark: #463a0c;
    --heat0: #173d25; --heat1: #5a3a1a; --heat2: #94502a; --heat3: #d0563a; --heat4: #ff8f80;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 72rem; background: var(--page);
  color: var(--text); font: 15px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.25rem; } h3 { font-size: 1.05rem; margin: 0; }
a { color: var(--accepted); }
code, pre, td.number { font-family: ui-monospace, monospace; font-size: 13px; }
section { border-top: 1px solid var(--line); margin-top: 2rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; margin: 0.75rem 0; }
th, td { padding: 0.25rem 0.75rem; text-align: left; border-bottom: 1px solid var(--line);
  overflow-wrap: normal; }
th { color: var(--quiet); font-weight: 600; } td.number { text-align: right; white-space: nowrap; }
.entry { white-space: nowrap; }
.quiet { color: var(--quiet); }
.verdict { font-weight: 600; } .verdict.right { color: var(--right); }
.verdict.wrong, .verdict.error { color: var(--wrong); }
.verdict.undecided, .verdict.warning { color: var(--undecided); }
.verdict.accepted, .verdict.note { color: var(--accepted); }
article { border: 1px solid var(--line); border-left-width: 4px; border-radius: 6px;
  padding: 0.75rem 1rem; margin: 1rem 0; }
article.error { border-left-color: var(--wrong); }
article.warning { border-left-color: var(--undecided); }
article.note { border-left-color: var(--accepted); }
pre { background: var(--panel); border-radius: 6px; padding: 0.5rem 0; overflow-x: auto;
  line-height: 1.4; overflow-wrap: normal; }
pre span { display: block; padding: 0 0.75rem; min-width: max-content; }
pre .added { background: var(--added); } pre .removed { background: var(--removed); }
pre .marked { background: var(--mark); } pre i { color: var(--quiet); font-style: normal; }
pre u { text-decoration: underline wavy var(--wrong) 1.5px; text-underline-offset: 3px; }
td.worst { min-width: 18rem; }
.pictures { display: grid; gap: 1.5rem; align-items: start; margin: 1.5rem 0;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 300px), 1fr)); }
figure { margin: 0; max-width: 340px; }
figcaption { font-size: 13px; } svg { display: block; max-width: 100%; height: auto;
  margin-bottom: 0.25rem; }
svg text { fill: var(--quiet); font: 11px system-ui, sans-serif; }
.grid { stroke: var(--line); stroke-width: 1; }
circle.right { fill: var(--accepted); fill-opacity: 0.65; }
circle.wrong { fill: var(--wrong); fill-opacity: 0.75; }
polyline { fill: none; stroke-width: 2; }
polyline.claimed { stroke: var(--wrong); } polyline.numeric { stroke: var(--accepted); }
polyline.sides { stroke: var(--quiet); stroke-dasharray: 4 3; }
polyline.ideal { stroke: var(--quiet); stroke-width: 1; stroke-dasharray: 4 3; }
rect.cell { stroke: var(--page); stroke-width: 0.5; }
.heat0 { fill: var(--heat0); background: var(--heat0); }
.heat1 { fill: var(--heat1); background: var(--heat1); }
.heat2 { fill: var(--heat2); background: var(--heat2); }
.heat3 { fill: var(--heat3); background: var(--heat3); }
.heat4 { fill: var(--heat4); background: var(--heat4); }
.unchecked { fill: var(--panel); background: var(--panel); }
.key { display: inline-block; width: 0.8em; height: 0.8em; border-radius: 2px;
  margin: 0 0.3em 0 0; } .entry { margin-right: 0.6em; }
.key.right { background: var(--accepted); } .key.wrong, .key.claimed { background: var(--wrong); }
.key.numeric { background: var(--accepted); } .key.sides, .key.ideal { background: var(--quiet); }
"""

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>{css}</style>
</head>
<body>
{body}
</body>
</html>
"""
