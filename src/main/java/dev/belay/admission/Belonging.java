package dev.belay.admission;

import dev.belay.cluster.ClusterException;
import dev.belay.cluster.HelmRecords;
import dev.belay.cluster.NamespaceObjects;
import dev.belay.manifest.KubeObject;
import dev.belay.membership.Group;
import dev.belay.membership.Marks;
import dev.belay.membership.Membership;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;

/**
 * Which release a refused object would have belonged to. One without a mark may have been about
 * another object: that is looked up, since it is the release that has to be put back. So is whether
 * a label that names a release of Helm counts: what is put down there would undo what others do.
 */
@ApplicationScoped
class Belonging {

  private static final Logger LOG = Logger.getLogger(Belonging.class);

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final NamespaceObjects objects;
  private final HelmRecords records;
  private final Naming naming;

  Belonging(NamespaceObjects objects, HelmRecords records, Naming naming) {
    this.objects = objects;
    this.records = records;
    this.naming = naming;
  }

  /**
   * The release, as far as it can be known in this time: the answer must not be late for it.
   *
   * @param atMost what the look-up may take
   */
  Optional<String> of(Review review, Duration atMost) {
    Optional<String> helms = Marks.helms(review.object());
    if (helms.isPresent()) {
      return helms;
    }
    Future<Optional<String>> looked = threads.submit(() -> look(review));
    try {
      return looked.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOG.debugf("the release of %s is not known in time: %s", review.object().key(), e);
    }
    looked.cancel(true);
    return Optional.empty();
  }

  private Optional<String> look(Review review) {
    KubeObject object = review.object();
    try {
      Optional<String> named = naming.of(review);
      if (named.isPresent()) {
        return named;
      }
      List<KubeObject> all = new ArrayList<>(objects.all(review.namespace()));
      all.removeIf(live -> live.key().equals(object.key()));
      all.add(object);
      return Membership.groups(all, Map.of(), Set.copyOf(records.releases(review.namespace())))
          .values()
          .stream()
          .filter(group -> holds(group, object))
          .map(Group::release)
          .findFirst();
    } catch (ClusterException e) {
      LOG.debugf("the release of %s is not known: %s", object.key(), e.getMessage());
      return Optional.empty();
    }
  }

  private static boolean holds(Group group, KubeObject object) {
    return group.members().stream().anyMatch(member -> member.key().equals(object.key()));
  }
}
