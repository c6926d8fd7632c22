// The API boundary: what hosts may use. Everything else under analysis/ is private to it.

export { type Analysis, type AnalyzeOptions, analyze, type Crash, type Effort, effortOf } from './analyze.ts';
export { type Explorations, noExplorations, sumOfExplorations } from './concurrency/defects.ts';
export { type Config, defaultConfig } from './config.ts';
export { applyEdits } from './edit/apply.ts';
export {
  type Confidence,
  type Edit,
  type Finding,
  type Fix,
  type Obstacle,
  type Related,
  type Safety,
  type Severity,
  type Step,
  toldInOrder,
} from './finding.ts';
export { identitiesOf } from './fingerprint.ts';
export { type FixedPackage, fixPackage } from './fix-package.ts';
export type { AppliedFix, FixOptions } from './fix-rounds.ts';
export { type BuildTarget, isBuilt } from './model/build-constraint.ts';
export { type GoModule, parseGoMod } from './model/go-mod.ts';
export { type Directory, type GoPackage, goPackages, type Library } from './model/package.ts';
export { recipes } from './recipes/index.ts';
export { type Recipe, type Repairs, repairsOf, withRepairs } from './recipes/recipe.ts';
export { mayRefactor, type Refactored, type RefactorOptions, refactor } from './refactor.ts';
export { refactorings } from './refactorings/index.ts';
export type { Refactoring } from './refactorings/refactoring.ts';
export { isRelevant } from './relevance.ts';
export { rules } from './rules/index.ts';
export type { Rule } from './rules/rule.ts';
export { loadParser, type ParserBinaries } from './syntax/parser.ts';
export { type Site, type SourceFile, sourceFile, surfaceOf } from './syntax/source-file.ts';
