package dev.belay.watcher;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.belay.manifest.KubeObject;
import dev.belay.manifest.ObjectDigest;
import dev.belay.manifest.ObjectKey;
import dev.belay.masking.Masking;
import dev.belay.report.Changes;
import dev.belay.revision.Revision;
import dev.belay.revision.RevisionException;
import dev.belay.revision.RevisionSecrets;
import dev.belay.rollback.OneWrite;
import dev.belay.rollback.Plan;
import dev.belay.rollback.Restoration;
import dev.belay.rollback.Stages;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jboss.logging.Logger;

/**
 * A rollback that nobody needs, of objects that nobody has, without a request. The first one of a
 * process would otherwise be the one that waits for classes to be loaded and methods to be
 * compiled, and a process may have few others.
 */
final class Rehearsal {

  private static final Logger LOG = Logger.getLogger(Rehearsal.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Methods are compiled by then: what is called most is called often in each of them. */
  private static final int TIMES = 20;

  private Rehearsal() {}

  /** Plays it; what goes wrong is logged and matters to nobody. */
  static void play() {
    try {
      int written = 0;
      for (int i = 0; i < TIMES; i++) {
        written += once();
      }
      LOG.debugf("rehearsed a rollback with %d writes", written);
    } catch (RevisionException | JsonProcessingException | RuntimeException e) {
      LOG.debugf(e, "a rehearsal failed");
    }
  }

  private static int once() throws RevisionException, JsonProcessingException {
    List<KubeObject> before = objects(1);
    List<KubeObject> after = objects(2);
    Revision stored = new Revision("none", "web", 1, 1, "", Instant.EPOCH, before);
    List<KubeObject> secrets = RevisionSecrets.write(stored);
    Revision target = RevisionSecrets.read(secrets, RevisionSecrets.toldDigest(secrets.getFirst()));
    Map<ObjectKey, KubeObject> live = new HashMap<>();
    after.forEach(object -> live.put(object.key(), object));
    Masking masking = Masking.of(after);
    List<String> changes = Changes.of(target.objects(), live, after.getFirst().key(), masking);
    String digest = ObjectDigest.of(after.getFirst());
    String masked = masking.mask(digest);
    int writes = changes.isEmpty() || masked.isEmpty() ? 0 : 1;
    int stages = Stages.of(Plan.of(target.objects(), List.of(), Instant.EPOCH)).size();
    for (KubeObject object : target.objects()) {
      KubeObject now = live.getOrDefault(object.key(), object);
      if (stages > 0 && !Restoration.sameContent(object, now)) {
        writes += OneWrite.of(object, now).isPresent() ? 1 : 2;
      }
      writes += Restoration.sameManagers(object, now) ? 0 : 1;
    }
    return writes;
  }

  static List<KubeObject> objects(int version) throws JsonProcessingException {
    List<KubeObject> objects = new ArrayList<>();
    for (String operation : List.of("Apply", "Update")) {
      String object =
          """
          {"apiVersion": "apps/v1", "kind": "Deployment",
           "metadata": {"name": "web-%1$d", "namespace": "none", "uid": "u%1$d", "resourceVersion": "%2$d",
            "labels": {"app": "web", "version": "%2$d"},
            "annotations": {"meta.helm.sh/release-name": "web", "meta.helm.sh/release-namespace": "none"},
            "managedFields": [
             {"manager": "helm", "operation": "%3$s", "apiVersion": "apps/v1", "fieldsType": "FieldsV1",
              "fieldsV1": {"f:metadata": {"f:labels": {"f:app": {}, "f:version": {}}},
               "f:spec": {"f:template": {"f:spec": {"f:containers": {"k:{\\"name\\":\\"web\\"}": {
                ".": {}, "f:name": {}, "f:image": {}, "f:env": {"k:{\\"name\\":\\"A\\"}": {".": {}, "f:name": {}, "f:value": {}}}}}}}}}},
             {"manager": "kube-controller-manager", "operation": "Update", "apiVersion": "apps/v1",
              "subresource": "status", "fieldsV1": {"f:status": {"f:replicas": {}}}}]},
           "spec": {"replicas": 1, "template": {"spec": {"containers": [
            {"name": "web", "image": "web:%2$d", "env": [{"name": "A", "value": "%2$d"}]}]}}},
           "status": {"replicas": %2$d}}
          """
              .formatted(objects.size(), version, operation);
      objects.add(KubeObject.of(JSON.readTree(object)));
    }
    return objects;
  }
}
