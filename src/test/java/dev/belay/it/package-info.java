/** Belay as it is installed, on a real control plane, with unmodified clients. */
package dev.belay.it;
