#!/usr/bin/env bash
# Fetches the pinned packages and copies what the browser needs, with the licences, into ../static/vendor.
set -euo pipefail
cd "$(dirname "$0")"
npm ci --silent
into=../static/vendor
rm -rf "$into"
mkdir -p "$into"
cp node_modules/glass-easel/dist/glass_easel.all.es.js "$into/glass_easel.js"
cp node_modules/glass-easel-miniprogram-adapter/dist/glass_easel_miniprogram_adapter.es.js "$into/adapter.js"
cp node_modules/glass-easel-template-compiler/pkg/glass_easel_template_compiler_bg.js "$into/compiler.js"
cp node_modules/glass-easel-template-compiler/pkg/glass_easel_template_compiler_bg.wasm "$into/compiler.wasm"
for package in glass-easel glass-easel-miniprogram-adapter glass-easel-template-compiler; do
  cp "node_modules/$package/LICENSE" "$into/$package.LICENSE"
done
# The source maps stay behind.
sed -i '/^\/\/# sourceMappingURL=/d' "$into"/*.js
(cd "$into" && sha256sum -- * >../../vendoring/SHA256SUMS)
rm -rf node_modules
