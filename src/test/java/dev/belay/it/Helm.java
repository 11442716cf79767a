package dev.belay.it;

/** The Helm clients that are tried, both as they are built from their sources. */
enum Helm {
  HELM_4("helm"),
  HELM_3("helm3");

  final String command;

  Helm(String command) {
    this.command = command;
  }
}
