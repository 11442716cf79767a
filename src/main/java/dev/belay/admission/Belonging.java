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
import org.jboss.logging.Logger;

/**
 * Which release a refused object would have belonged to. One without a mark may have been about
 * another object: that is looked up, since it is the release that has to be put back. So is whether
 * a label that names a release of Helm counts: what is put down there would undo what others do.
 */
@ApplicationScoped
class Belonging {

  private static final Logger LOG = Logger.getLogger(Belonging.class);

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
    try {
      return InTime.ask(atMost, () -> look(review));
    } catch (ClusterException | IllegalStateException e) {
      LOG.debugf("the release of %s is not known: %s", review.object().key(), e.getMessage());
      return Optional.empty();
    }
  }

  private Optional<String> look(Review review) {
    KubeObject object = review.object();
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
  }

  private static boolean holds(Group group, KubeObject object) {
    return group.members().stream().anyMatch(member -> member.key().equals(object.key()));
  }
}
