#!/usr/bin/env node
// The binary: the one place that knows both hosts. The server is loaded only when it is asked for.

import { main } from '../codemods/main.ts';

await main({
  async lsp() {
    const { startServer } = await import('../server/main.ts');
    startServer();
  },
});
