// Runs the evaluator of lesson pages, as it stands in a page: reads [{page, points}, …] from standard input and writes the
// numbers of each page's program at each point.
import fs from 'node:fs';

export function read_page(html) {
  const script = /<script>([\s\S]*)<\/script>/.exec(html)[1];
  const from = script.indexOf('// The numbers of a page again'), to = script.indexOf('// The drawing in its frame');
  if (from < 0 || to < from) throw new Error('the page has no evaluator');
  const source = script.slice(from, to);
  const evaluator = new Function(source + ';return {leaf_functions, evaluate, brief, fixed, nested};')();
  return { evaluator, data: JSON.parse(/<script type="application\/json" id="data">([\s\S]*?)<\/script>/.exec(html)[1]) };
}

if (process.argv[1].endsWith('evaluator.mjs')) {
  const answers = [];
  for (const { page, points } of JSON.parse(fs.readFileSync(0, 'utf8'))) {
    const { evaluator, data: { program } } = read_page(fs.readFileSync(page, 'utf8'));
    answers.push(points.map(inputs => {
      const numbers = evaluator.evaluate(program.code, inputs);
      const said = which => which.map(k => String(numbers[k]));
      return { output: program.output, cards: program.cards.map(card => ({ id: card.id, value: said(card.value), gradient: said(card.gradient) })) };
    }));
  }
  process.stdout.write(JSON.stringify(answers));
}
