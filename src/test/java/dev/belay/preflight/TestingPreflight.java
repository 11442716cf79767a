package dev.belay.preflight;

import dev.belay.cluster.Discovery;
import dev.belay.cluster.DryRun;
import dev.belay.cluster.HelmRecords;
import dev.belay.cluster.Objects;
import dev.belay.cluster.Quotas;
import dev.belay.cluster.Schemas;
import dev.belay.manifest.KubeObject;
import dev.belay.trace.Traces;
import java.util.List;

/** The real questions, asked of a cluster that a test plays. */
public final class TestingPreflight {

  private static final Quotas NONE =
      new Quotas(null) {
        @Override
        public List<KubeObject> of(String namespace) {
          return List.of();
        }
      };

  private TestingPreflight() {}

  public static ReleaseDryRun of(
      DryRun dryRun, Objects objects, Schemas schemas, Discovery discovery, HelmRecords records) {
    ClientSideWrite clientSide = new ClientSideWrite(dryRun, objects, schemas);
    ObjectQuestions questions =
        new ObjectQuestions(
            new ServerSideWrite(dryRun, objects, clientSide),
            clientSide,
            new HookWrite(dryRun, objects, discovery),
            new PodDryRun(dryRun, objects),
            new Removal(dryRun, objects),
            objects,
            dryRun);
    return new ReleaseDryRun(
        questions,
        new QuotaSum(NONE, discovery),
        NONE,
        records,
        objects,
        discovery,
        new Policies(objects),
        new Standing(dryRun, objects, clientSide),
        Traces.none());
  }
}
