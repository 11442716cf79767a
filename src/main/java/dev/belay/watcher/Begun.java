package dev.belay.watcher;

import dev.belay.api.Release;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectKey;
import dev.belay.revision.Revision;
import java.util.Map;
import java.util.Optional;

/**
 * A rollback that was just saved, with what was read to plan it. A watcher that goes on with it
 * later reads all of that anew.
 *
 * @param release the release, with the saved plan
 * @param target what is restored; empty where it has to be read
 * @param live objects as the failed change has left them
 */
record Begun(Release release, Optional<Revision> target, Map<ObjectKey, KubeObject> live) {}
