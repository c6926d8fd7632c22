// Every format of `goleash check`, by the name that `--format` knows it under.

import { checkstyleReport } from './checkstyle.ts';
import { githubReport } from './github.ts';
import { gitlabReport } from './gitlab.ts';
import { htmlReport } from './html.ts';
import { jsonlReport, jsonReport } from './json.ts';
import { junitReport } from './junit.ts';
import { markdownReport } from './markdown.ts';
import { rdjsonReport } from './rdjson.ts';
import type { Report } from './report.ts';
import { sarifReport } from './sarif.ts';
import { textReport } from './text.ts';

export const reports = {
  text: textReport,
  json: jsonReport,
  jsonl: jsonlReport,
  sarif: sarifReport,
  github: githubReport,
  gitlab: gitlabReport,
  rdjson: rdjsonReport,
  junit: junitReport,
  checkstyle: checkstyleReport,
  markdown: markdownReport,
  html: htmlReport,
} satisfies Record<string, Report>;

export type Format = keyof typeof reports;
