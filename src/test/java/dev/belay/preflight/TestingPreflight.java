package dev.belay.preflight;

import dev.belay.cluster.Discovery;
import dev.belay.cluster.DryRun;
import dev.belay.cluster.HelmRecords;
import dev.belay.cluster.Objects;
import dev.belay.cluster.Quotas;
import dev.belay.cluster.Schemas;
import dev.belay.trace.Traces;

/** The real questions, asked of a cluster that a test plays. */
public final class TestingPreflight {

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
        new QuotaSum(new Quotas(null), discovery),
        records,
        objects,
        discovery,
        new Policies(objects),
        new Standing(dryRun, objects, clientSide),
        Traces.none());
  }
}
