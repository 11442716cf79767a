package dev.belay.it;

import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLocksProvider;

/** Who shares Belay with others, and who has it alone. */
final class TheOneBelay implements ResourceLocksProvider {

  @Override
  public Set<Lock> provideForMethod(
      List<Class<?>> enclosing, Class<?> testClass, Method testMethod) {
    boolean alone =
        testMethod.isAnnotationPresent(Alone.class) || testClass.isAnnotationPresent(Alone.class);
    return Set.of(
        new Lock("the one Belay", alone ? ResourceAccessMode.READ_WRITE : ResourceAccessMode.READ));
  }
}
