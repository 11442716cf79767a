package dev.belay.manifest;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A text whose very long words, such as the base64 of a Secret, are taken out while it is parsed.
 * The parser looks ahead to the end of a word, and copies all that it has looked at for each 1024
 * characters more (SnakeYAML, StreamReader.update): 4 GB for a Secret of 1 MiB.
 *
 * <p>What stands in for a word means the same to YAML wherever it stands: letters and digits, and
 * no number. Columns in errors are right up to the first such word of a line.
 *
 * @param text the text without them
 * @param mark what each stand-in begins with; it is nowhere else in the text
 * @param words what they stand for
 */
record LongWords(String text, String mark, List<String> words) {

  private static final int LONG = 4096;

  /** The longest escape in quotes, eight digits and a letter. */
  private static final int ESCAPE = 9;

  /** Of characters that mean nothing to YAML within a word. */
  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9+/=_-]{" + LONG + ",}+");

  /** What makes it none of YAML's numbers, in whatever base. */
  private static final Pattern LETTER = Pattern.compile("[G-NP-WYZg-np-wyz]");

  static LongWords of(String text) {
    Matcher word = WORD.matcher(text);
    if (!word.find()) {
      return new LongWords(text, "", List.of());
    }
    String mark = "longWord";
    while (text.contains(mark)) {
      mark += "Q";
    }
    Map<String, Integer> numbers = new HashMap<>();
    List<String> words = new ArrayList<>();
    StringBuilder shortened = new StringBuilder();
    int end = 0;
    do {
      boolean escaped = word.start() > 0 && text.charAt(word.start() - 1) == '\\';
      int start = word.start() + (escaped ? ESCAPE : 0);
      if (LETTER.matcher(text).region(start, word.end()).find()) {
        String taken = text.substring(start, word.end());
        int number = numbers.computeIfAbsent(taken, anew -> words.size());
        if (number == words.size()) {
          words.add(taken);
        }
        shortened.append(text, end, start).append(mark).append(number).append('z');
        end = word.end();
      }
    } while (word.find());
    return new LongWords(shortened.append(text, end, text.length()).toString(), mark, words);
  }

  /** This part of the text with its words in their places. */
  String whole(String part) {
    if (words.isEmpty() || !part.contains(mark)) {
      return part;
    }
    return Pattern.compile(mark + "([0-9]+)z")
        .matcher(part)
        .replaceAll(taken -> Matcher.quoteReplacement(words.get(Integer.parseInt(taken.group(1)))));
  }
}
