/**
 * Kubernetes objects as data: reading YAML and JSON, identity, field paths.
 *
 * <p>In: text. Out: {@link dev.belay.manifest.KubeObject}s. Knows neither HTTP nor a cluster, and
 * nothing about any kind.
 */
@NullMarked
package dev.belay.manifest;

import org.jspecify.annotations.NullMarked;
