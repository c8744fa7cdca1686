// The list of problems. Whatever models, programs and data said reaches the document as text nodes only.
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId("index").textContent);
  const RUN = 0, SAMPLE = 1, VERDICT = 2, PASSED = 3, TOTAL = 4, LANGUAGE = 5, METHOD = 6, FLAGS = 7;
  const TRUNCATED = 1, SHARED = 2;
  const PAGE = 50, MOST_CHIPS = 8, MOST_CASES = 30, LONGEST_TEXT = 200000, MOST_DIFF_LINES = 600;
  const several = data.runs.length > 1;
  const ACCEPTED = data.verdicts.indexOf("AC");

  function el(tag, attributes, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (typeof value === "function") made.addEventListener(name, value);
      else if (value !== null && value !== undefined && value !== false) made.setAttribute(name, value === true ? "" : value);
    }
    made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
    return made;
  }

  // What cannot be seen plainly: controls, directional marks, unassigned and private characters, odd spaces.
  const HIDDEN = /(?![\t\n ])[\p{Cc}\p{Cf}\p{Cn}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Zs}\u115f\u1160\u3164\uffa0]/gu;

  function escaped(character) {
    const code = character.codePointAt(0);
    if (character === "\r") return "\\r";
    if (code < 256) return "\\x" + code.toString(16).padStart(2, "0");
    return code < 65536 ? "\\u" + code.toString(16).padStart(4, "0") : "\\U" + code.toString(16).padStart(8, "0");
  }

  function plain(text) {
    return text.replace(HIDDEN, escaped).replace(/[\t\n]/g, " ");
  }

  function visible(text) {
    const parts = document.createDocumentFragment();
    let from = 0;
    for (const found of text.matchAll(HIDDEN)) {
      parts.append(text.slice(from, found.index), el("span", { class: "esc" }, escaped(found[0])));
      from = found.index + found[0].length;
    }
    parts.append(text.slice(from));
    return parts;
  }

  function lines(text) {
    const split = text.split("\n");
    if (split.length > 1 && split[split.length - 1] === "") split.pop();
    return split;
  }

  function cut(text) {
    return text.length > LONGEST_TEXT ? text.slice(0, LONGEST_TEXT) + "\n... cut here" : text;
  }

  function block(text, kind, label) {
    return el("pre", { class: kind, tabindex: "0", "aria-label": label },
      ...(kind === "numbered" ? lines(cut(text)).map((line) => el("span", { class: "l" }, visible(line), "\n")) : [visible(cut(text))]));
  }

  // ---- the difference of two outputs

  function lineDifference(a, b) {
    let start = 0;
    while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
    let end = 0;
    while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
    const left = a.slice(start, a.length - end), right = b.slice(start, b.length - end);
    const same = (line) => ["same", line];
    return [...a.slice(0, start).map(same), ...middle(left, right), ...a.slice(a.length - end).map(same)];
  }

  function middle(a, b) {
    if (!a.length || !b.length || a.length * b.length > MOST_DIFF_LINES * MOST_DIFF_LINES) {
      return [...a.map((line) => ["minus", line]), ...b.map((line) => ["plus", line])];
    }
    const width = b.length + 1;
    const longest = new Uint32Array((a.length + 1) * width);
    for (let i = a.length - 1; i >= 0; i -= 1) {
      for (let j = b.length - 1; j >= 0; j -= 1) {
        longest[i * width + j] = a[i] === b[j] ? longest[(i + 1) * width + j + 1] + 1
          : Math.max(longest[(i + 1) * width + j], longest[i * width + j + 1]);
      }
    }
    const found = [];
    let i = 0, j = 0;
    while (i < a.length && j < b.length) {
      if (a[i] === b[j]) { found.push(["same", a[i]]); i += 1; j += 1; }
      else if (longest[(i + 1) * width + j] >= longest[i * width + j + 1]) { found.push(["minus", a[i]]); i += 1; }
      else { found.push(["plus", b[j]]); j += 1; }
    }
    return [...found, ...a.slice(i).map((line) => ["minus", line]), ...b.slice(j).map((line) => ["plus", line])];
  }

  // Within a line that takes another's place, only what differs is marked.
  function marked(text, other) {
    if (other === undefined) return [visible(text)];
    let start = 0;
    while (start < text.length && start < other.length && text[start] === other[start]) start += 1;
    let end = 0;
    while (end < text.length - start && end < other.length - start && text[text.length - 1 - end] === other[other.length - 1 - end]) end += 1;
    const changed = text.slice(start, text.length - end);
    return [visible(text.slice(0, start)), changed ? el("mark", {}, visible(changed)) : null, visible(text.slice(text.length - end))];
  }

  function partners(rows) {
    const other = new Map();
    for (let i = 0; i < rows.length; i += 1) {
      if (rows[i][0] !== "minus") continue;
      let minus = i, plus = i;
      while (plus < rows.length && rows[plus][0] === "minus") plus += 1;
      const begin = plus;
      while (plus < rows.length && rows[plus][0] === "plus" && minus < begin) {
        other.set(minus, rows[plus][1]).set(plus, rows[minus][1]);
        minus += 1;
        plus += 1;
      }
      i = begin - 1;
    }
    return other;
  }

  function difference(expected, got) {
    const rows = lineDifference(lines(cut(expected)), lines(cut(got)));
    const other = partners(rows);
    const signs = { same: "  ", minus: "- ", plus: "+ " };
    const shown = rows.slice(0, MOST_DIFF_LINES).map(([kind, line], i) =>
      el("span", { class: "l " + kind }, signs[kind], ...marked(line, other.get(i)).filter((part) => part !== null), "\n"));
    if (rows.length > shown.length) shown.push(el("span", { class: "l" }, "... " + (rows.length - shown.length) + " more lines"));
    return el("pre", { class: "diff", tabindex: "0", "aria-label": "difference of expected and actual output" }, ...shown);
  }

  // ---- one sample

  function swatch(verdict) {
    return el("i", { class: "v-" + data.verdicts[verdict], "aria-hidden": "true" });
  }

  function verdictChip(sample) {
    const counts = sample[TOTAL] > 1 ? " " + sample[PASSED] + "/" + sample[TOTAL] : "";
    return el("span", { class: "chip", title: plain(sampleName(sample)) }, swatch(sample[VERDICT]), data.verdicts[sample[VERDICT]] + counts);
  }

  function titled(title, content) {
    return el("div", {}, el("h5", {}, title), content);
  }

  function caseTexts(row) {
    const [name, verdict, , , , , stdin, expected, stdout, stderr] = row;
    const known = (text) => text !== null && text !== undefined;
    const parts = el("div", { class: "case" }, el("h4", {}, "Case ", visible(plain(name)), ": ", data.verdicts[verdict]));
    if (known(expected) && known(stdout)) {
      parts.append(el("h5", {}, "expected (−) and actual (+) output"), difference(expected, stdout));
      if (expected !== stdout && expected.split(/\s+/).join(" ").trim() === stdout.split(/\s+/).join(" ").trim()) {
        parts.append(el("p", { class: "soft" }, "They differ in white space only."));
      }
    }
    const grid = el("div", { class: "grid2" });
    if (known(stdin) && stdin) grid.append(titled("input", block(stdin, "", "input")));
    if (known(expected) && !known(stdout)) grid.append(titled("expected output", block(expected, "", "expected output")));
    if (known(stdout) && !known(expected) && stdout) grid.append(titled("output", block(stdout, "", "output")));
    if (known(stderr) && stderr) grid.append(titled("standard error", block(stderr, "wrap", "standard error")));
    if (grid.children.length) parts.append(grid);
    return parts;
  }

  function number(value, scale, digits) {
    return value === null ? "" : (value / scale).toFixed(digits);
  }

  function caseRow(row) {
    const [name, verdict, cpu, wall, kib, detail] = row;
    return el("tr", {},
      el("th", { scope: "row" }, visible(plain(name))),
      el("td", { class: "text" }, el("span", { class: "chip" }, swatch(verdict), data.verdicts[verdict])),
      el("td", {}, number(cpu, 1, 1)), el("td", {}, number(wall, 1, 1)), el("td", {}, number(kib, 1024, 1)),
      el("td", { class: "text" }, visible(plain(detail))));
  }

  function caseTable(cases) {
    const order = [...cases.filter((row) => row[1] !== ACCEPTED), ...cases.filter((row) => row[1] === ACCEPTED)];
    const body = el("tbody", {}, ...(cases.length > MOST_CASES ? order.slice(0, MOST_CASES) : cases).map(caseRow));
    const table = el("table", { class: "cases" },
      el("thead", {}, el("tr", {}, ...["case", "verdict", "CPU ms", "wall ms", "MiB", "detail"].map((title, i) =>
        el("th", { scope: "col", class: i === 1 || i === 5 ? "text" : "" }, title)))), body);
    const parts = [el("div", { class: "wide", role: "region", tabindex: "0", "aria-label": "test cases" }, table)];
    if (cases.length > MOST_CASES) {
      const all = el("button", { type: "button", class: "more", click: () => { body.replaceChildren(...cases.map(caseRow)); all.remove(); } },
        "Show all " + cases.length + " cases in their order; these are the failed ones first");
      parts.push(all);
    }
    return parts;
  }

  function folded(title, content, open) {
    return el("details", open ? { open: true } : {}, el("summary", {}, title), content);
  }

  function sampleView(problem, details, sample) {
    const known = details.samples[sample[RUN] + "/" + sample[SAMPLE]];
    const view = el("div", {});
    const facts = [data.languages[sample[LANGUAGE]]];
    if (data.methods[sample[METHOD]]) facts.push("program found: " + data.methods[sample[METHOD]]);
    if (sample[FLAGS] & TRUNCATED) facts.push("the answer was cut off");
    if (known && known.score !== undefined) facts.push("score " + known.score.toFixed(3));
    view.append(el("p", {}, verdictChip(sample), " ", visible(plain(facts.join(" · ")))));
    if (!known) {
      view.append(el("p", { class: "soft" }, "The details of this sample are not in the page."));
      return view;
    }
    if (known.detail) view.append(el("p", {}, visible(plain(known.detail))));
    for (const note of known.notes || []) view.append(el("p", { class: "soft" }, visible(plain(note))));
    let shown = known;
    if (sample[FLAGS] & SHARED) {
      const original = details.samples[sample[RUN] + "/" + known.same];
      view.append(el("p", { class: "soft" }, "The same program as " + (known.same === undefined ? "another sample" : "sample " + known.same) + ", judged once."));
      if (original) shown = { ...original, answer: known.answer };
    }
    if (shown.program) view.append(el("h4", {}, "Program"), block(shown.program, "numbered", "program"));
    if (shown.log) view.append(el("h4", {}, "Compiler"), block(shown.log, "wrap", "what the compiler said"));
    if (shown.answer && shown.answer.trim() !== (shown.program || "").trim()) {
      view.append(folded("The whole answer", block(shown.answer, "wrap", "answer"), !shown.program));
    }
    const cases = shown.cases || [];
    if (cases.length) {
      view.append(el("h4", {}, "Test cases"), ...caseTable(cases));
      for (const row of cases) if (row.length > 6) view.append(caseTexts(row));
    }
    return view;
  }

  // ---- one problem

  function sampleName(sample) {
    return (several ? data.runs[sample[RUN]] + " · " : "") + "sample " + sample[SAMPLE];
  }

  function panelOf(place) {
    const problem = data.problems[place];
    const source = byId("p" + place);
    const details = source ? JSON.parse(source.textContent) : { statement: "", prompts: {}, samples: {} };
    const panel = el("div", { class: "panel" });
    if (problem.defect) panel.append(el("p", { class: "defect" }, "Known defect: ", visible(plain(problem.defect))));
    if (details.statement) panel.append(folded("Problem statement", block(details.statement, "wrap", "statement")));
    const prompt = el("div", {}), view = el("div", {});
    panel.append(prompt);
    const show = (sample) => {
      const asked = details.prompts[sample[RUN]] ?? details.prompts["0"];
      prompt.replaceChildren(...(asked === undefined ? [] : [folded("Prompt", block(asked, "wrap", "prompt"))]));
      view.replaceChildren(sampleView(problem, details, sample));
    };
    if (!problem.samples.length) {
      panel.append(el("p", { class: "soft" }, "No sample of this problem was judged."));
      return panel;
    }
    if (problem.samples.length > 1) {
      const tabs = el("div", { class: "tabs", role: "group", "aria-label": "samples" });
      for (const sample of problem.samples) {
        tabs.append(el("button", { type: "button", "aria-pressed": "false", click: (event) => {
          for (const each of tabs.children) each.setAttribute("aria-pressed", String(each === event.currentTarget));
          show(sample);
        } }, swatch(sample[VERDICT]), plain(sampleName(sample)) + " " + data.verdicts[sample[VERDICT]]));
      }
      panel.append(tabs);
      // What is looked for, and first of that a failure: that is what a report is read for.
      const looked = problem.samples.filter(matchesSample);
      const first = problem.samples.indexOf(looked.find((sample) => sample[VERDICT] !== ACCEPTED) ?? looked[0] ?? problem.samples[0]);
      tabs.children[first].setAttribute("aria-pressed", "true");
      show(problem.samples[first]);
    } else show(problem.samples[0]);
    panel.append(view);
    return panel;
  }

  function chips(problem) {
    const made = problem.samples.slice(0, MOST_CHIPS).map(verdictChip);
    if (problem.samples.length > MOST_CHIPS) {
      const right = problem.samples.filter((sample) => sample[VERDICT] === ACCEPTED).length;
      made.splice(0, made.length, el("span", { class: "chip" }, swatch(ACCEPTED), right + " of " + problem.samples.length + " accepted"));
    }
    if (!problem.samples.length) made.push(el("span", { class: "chip" }, "no sample"));
    return el("span", { class: "chips" }, ...made);
  }

  function itemOf(place) {
    const problem = data.problems[place];
    const about = [problem.title, data.languages.length > 1 ? data.languages[problem.language] : "", ...problem.labels.map((label) => data.labels[label])];
    const id = "panel" + place;
    const button = el("button", { type: "button", class: "row", "aria-expanded": "false", "aria-controls": id },
      el("span", { class: "id" }, visible(plain(problem.id))),
      el("span", { class: "name" }, visible(plain(about.filter((word) => word).join(" · ")))), chips(problem));
    const item = el("li", {}, button);
    let panel = null;
    button.addEventListener("click", () => {
      const open = button.getAttribute("aria-expanded") !== "true";
      button.setAttribute("aria-expanded", String(open));
      if (open && !panel) { panel = panelOf(place); panel.id = id; item.append(panel); }
      else if (panel) panel.hidden = !open;
    });
    return item;
  }

  // ---- the filter

  const query = byId("query"), verdict = byId("verdict"), language = byId("language");
  const ANY = "", FAILED = "failed", DISAGREE = "disagree";

  function fill(select, choices) {
    select.append(...choices.map(([value, text]) => el("option", { value }, text)));
  }

  function matchesSample(sample) {
    const wanted = verdict.value;
    if (language.value !== ANY && sample[LANGUAGE] !== Number(language.value)) return false;
    if (wanted === ANY || wanted === DISAGREE) return true;
    return wanted === FAILED ? sample[VERDICT] !== ACCEPTED : sample[VERDICT] === Number(wanted);
  }

  function runsDisagree(problem) {
    const solved = new Set(data.runs.map((_, run) => {
      const mine = problem.samples.filter((sample) => sample[RUN] === run);
      return mine.length ? mine.filter((sample) => sample[VERDICT] === ACCEPTED).length / mine.length : -1;
    }));
    return solved.size > 1;
  }

  function matches(problem) {
    const words = query.value.toLowerCase().split(/\s+/).filter((word) => word);
    const text = (problem.id + " " + problem.title + " " + problem.labels.map((label) => data.labels[label]).join(" ")).toLowerCase();
    if (!words.every((word) => text.includes(word))) return false;
    if (verdict.value === DISAGREE && !runsDisagree(problem)) return false;
    if (verdict.value === ANY && language.value === ANY) return true;
    if (!problem.samples.length) return verdict.value === ANY && problem.language === Number(language.value);
    return problem.samples.some(matchesSample);
  }

  const list = byId("list"), more = byId("more"), count = byId("count");
  let found = [], shown = 0;

  function showMore() {
    const next = found.slice(shown, shown + PAGE);
    list.append(...next.map(itemOf));
    shown += next.length;
    more.hidden = shown >= found.length;
    more.textContent = "Show " + Math.min(PAGE, found.length - shown) + " more of " + (found.length - shown);
  }

  function search() {
    found = [];
    data.problems.forEach((problem, place) => { if (matches(problem)) found.push(place); });
    list.replaceChildren();
    shown = 0;
    showMore();
    count.textContent = found.length === data.problems.length ? found.length + " problems." : found.length + " of " + data.problems.length + " problems.";
  }

  const seen = new Set(data.problems.flatMap((problem) => problem.samples.map((sample) => sample[VERDICT])));
  fill(verdict, [[ANY, "any"], [FAILED, "not accepted"], ...(several ? [[DISAGREE, "runs disagree"]] : []),
    ...[...seen].sort((a, b) => a - b).map((each) => [each, data.verdicts[each]])]);
  fill(language, [[ANY, "any"], ...data.languages.map((name, place) => [place, plain(name)])]);
  language.parentElement.hidden = data.languages.length < 2;
  byId("filter").addEventListener("submit", (event) => event.preventDefault());
  for (const each of [query, verdict, language]) each.addEventListener("input", search);
  more.addEventListener("click", () => {
    const first = list.children.length;
    showMore();
    list.children[first].querySelector("button").focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) {
      event.preventDefault();
      query.focus();
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && document.activeElement.classList.contains("row")) {
      const rows = [...list.querySelectorAll(".row")];
      const next = rows[rows.indexOf(document.activeElement) + step];
      if (next) { event.preventDefault(); next.focus(); }
    }
  });
  // #problem=ID opens a problem: a link to it can be sent.
  const wanted = new URLSearchParams(location.hash.slice(1)).get("problem");
  if (wanted !== null) query.value = wanted;
  search();
  if (wanted !== null) {
    const exact = found.findIndex((place) => data.problems[place].id === wanted);
    const row = exact >= 0 && exact < list.children.length ? list.children[exact].querySelector("button") : null;
    if (row) { row.click(); row.scrollIntoView(); }
  }
})();
