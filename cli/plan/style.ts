/** How the page of a plan looks, by day and by night, on a desk and in a hand. */
export const STYLE = `
:root{color-scheme:light dark;--ink:#1c1b1a;--soft:#655f59;--line:#e4dfd8;--paper:#fdfcfa;--card:#fff;--good:#1a7f4b;--bad:#b3361e;--new:#8f4d08}
@media(prefers-color-scheme:dark){:root{--ink:#ece8e2;--soft:#a8a097;--line:#37332e;--paper:#191715;--card:#211e1b;--good:#58c48c;--bad:#f08a72;--new:#e0a458}}
*{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
main{max-width:56rem;margin:0 auto;padding:2.5rem 1.25rem 4rem}h1{font-size:1.5rem;line-height:1.3;margin:.25rem 0 .5rem;text-wrap:balance}
h2{font-size:1.05rem;margin:2.25rem 0 .6rem}p{margin:.4rem 0}.soft,figcaption,th{color:var(--soft)}.small{font-size:.85rem;max-width:44rem}
.note{border-left:3px solid var(--new);padding:.4rem .8rem;margin:1rem 0;background:var(--card)}
code{font:13px ui-monospace,SFMono-Regular,Menlo,monospace;overflow-wrap:anywhere}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;background:var(--card);border:1px solid var(--line);font-variant-numeric:tabular-nums}
th,td{padding:.4rem .75rem;text-align:left;vertical-align:top;border-top:1px solid var(--line)}th{font-weight:500;font-size:.85rem}
.number{text-align:right}td.number{white-space:nowrap}.good{color:var(--good)}.bad{color:var(--bad)}.new{color:var(--new)}.strong{font-weight:650}
figure{margin:0 0 .75rem;background:var(--card);border:1px solid var(--line);padding:.75rem}svg{width:100%;height:auto;display:block}
svg text{font:14px system-ui,sans-serif;fill:var(--ink)}svg .n{font-weight:650}figcaption{font-size:.85rem;display:flex;justify-content:space-between;padding:0 .25rem .25rem}
@media(max-width:34rem){main{padding:1.25rem .75rem 3rem}th,td{padding:.35rem .4rem;font-size:14px}svg text{font-size:22px}}`;
