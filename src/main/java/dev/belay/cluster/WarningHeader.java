package dev.belay.cluster;

/** The text in an HTTP {@code Warning} header: {@code 299 - "text"} (RFC 7234, 5.5). */
final class WarningHeader {

  private WarningHeader() {}

  static String text(String header) {
    int open = header.indexOf('"');
    int close = header.lastIndexOf('"');
    if (open < 0 || close <= open) {
      return header;
    }
    return header.substring(open + 1, close).replace("\\\"", "\"").replace("\\\\", "\\");
  }
}
