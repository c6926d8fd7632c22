import type { BuildTarget } from '../index.ts';

/**
 * What Go would build for on this machine: GOOS and GOARCH if they are set, the machine's own otherwise, and with the tags
 * of GOFLAGS if there are no others.
 */
export function hostTarget(
  host: {
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly platform: string;
    readonly arch: string;
  },
  tags?: readonly string[],
): BuildTarget {
  const os: Record<string, string> = { win32: 'windows', sunos: 'solaris' };
  const arch: Record<string, string> = { x64: 'amd64', ia32: '386', ppc64: 'ppc64le', mipsel: 'mipsle' };
  return {
    os: host.env['GOOS'] || (os[host.platform] ?? host.platform),
    arch: host.env['GOARCH'] || (arch[host.arch] ?? host.arch),
    tags: tags ?? tagsOf(host.env['GOFLAGS'] ?? ''),
    cgo: host.env['CGO_ENABLED'] !== '0',
  };
}

/** `-mod=mod -tags=a,b` */
function tagsOf(flags: string): readonly string[] {
  const value = /(?:^|\s)['"]?--?tags[= ]([^\s'"]+)/.exec(flags)?.[1];
  return value?.split(',').filter((tag) => tag !== '') ?? [];
}
