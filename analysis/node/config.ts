// Finds the settings that hold for a folder, the same for both hosts: those of the nearest `.goleash.yaml` at or
// above it, up to the root of its repository. Settings are not merged: the nearest file alone counts.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { type Config, defaultConfig, rules } from '../index.ts';
import { patternsOf } from './ignore.ts';

export const configName = '.goleash.yaml';

/** What is wrong with a configuration file and what to do about it. Line and column count from 1. */
export interface ConfigProblem {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** The settings that hold for a folder. With `problems`, `config` is the default one. */
export interface Settings {
  /** The configuration file; undefined if there is none. */
  readonly file: string | undefined;
  readonly config: Config;
  readonly problems: readonly ConfigProblem[];
  /** Whether `exclude` names this absolute path or a folder above it. */
  excludes(path: string, isDirectory: boolean): boolean;
}

/**
 * Gives the settings for an absolute folder; `entries`, if the caller has them, are the names in it. It remembers what
 * it has read: make a new one when a configuration file has changed.
 */
export type FindSettings = (directory: string, entries?: readonly string[]) => Promise<Settings>;

/** Makes a finder. `explicit` is a configuration file that holds for every folder, whatever lies near it. */
export function settingsFinder(explicit?: string): FindSettings {
  if (explicit !== undefined) {
    const settings = readSettings(explicit);
    return () => settings;
  }
  const known = new Map<string, Promise<Settings>>();
  const find: FindSettings = (directory, entries) => {
    let settings = known.get(directory);
    if (!settings) {
      settings = settingsAt(directory, entries, find);
      known.set(directory, settings);
    }
    return settings;
  };
  return find;
}

function settingsAt(
  directory: string,
  entries: readonly string[] | undefined,
  find: FindSettings,
): Promise<Settings> {
  const has = (name: string) => (entries ? entries.includes(name) : existsSync(join(directory, name)));
  if (has(configName)) return readSettings(join(directory, configName));
  const misnamed = ['.goleash.yml', '.goleash.json', 'goleash.yaml'].find(has);
  if (misnamed !== undefined) {
    const path = join(directory, misnamed);
    return Promise.resolve(
      settingsOf(path, [
        {
          path,
          line: 1,
          column: 1,
          message: `rename this file to ${configName}: goleash reads no other name`,
        },
      ]),
    );
  }
  const parent = dirname(directory);
  return parent === directory || has('.git') ? Promise.resolve(settingsOf(undefined, [])) : find(parent);
}

async function readSettings(path: string): Promise<Settings> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return settingsOf(path, [{ path, line: 1, column: 1, message: `cannot be read: ${why}` }]);
  }
  const { parseConfig } = await import('./config-file.ts');
  const { config, problems } = parseConfig(
    path,
    text,
    rules.map((rule) => rule.id),
  );
  return settingsOf(path, problems, config);
}

function settingsOf(
  file: string | undefined,
  problems: readonly ConfigProblem[],
  config: Config = defaultConfig,
): Settings {
  const patterns = patternsOf(config.exclude.join('\n'));
  if (file === undefined || !patterns) return { file, config, problems, excludes: () => false };
  const base = dirname(file);
  return {
    file,
    config,
    problems,
    excludes(path, isDirectory) {
      const parts = relative(base, path).split(sep);
      if (parts[0] === '' || parts[0] === '..') return false;
      return parts.some(
        (_, i) => patterns(parts.slice(0, i + 1).join('/'), isDirectory || i + 1 < parts.length) === 'in',
      );
    },
  };
}
