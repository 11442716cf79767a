package dev.belay.it;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A way to the API server on which a test can hold everything up: connections stay open, and
 * nothing comes through, as where the network or the API server is overloaded. Clients that don't
 * take this way notice nothing.
 */
final class SlowConnection implements AutoCloseable {

  private static final Pattern SERVER = Pattern.compile("server: (https://\\S+)");

  private final ServerSocket listening;
  private final URI server;
  private final String kubeconfig;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private boolean held;

  /** To the server of this kubeconfig. */
  SlowConnection(String kubeconfig) throws IOException {
    String read = Files.readString(Path.of(kubeconfig));
    Matcher found = SERVER.matcher(read);
    if (!found.find()) {
      throw new IllegalArgumentException(kubeconfig + " names no server");
    }
    server = URI.create(found.group(1));
    listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    String through = "server: https://127.0.0.1:" + listening.getLocalPort();
    this.kubeconfig =
        Path.of(TestNamespace.file(found.replaceAll(through))).toAbsolutePath().toString();
    Thread.ofVirtual().start(this::accept);
  }

  /** A kubeconfig that goes this way. */
  String kubeconfig() {
    return kubeconfig;
  }

  synchronized void hold() {
    held = true;
  }

  synchronized void release() {
    held = false;
    notifyAll();
  }

  @Override
  public void close() throws IOException {
    release();
    listening.close();
    for (Socket socket : open) {
      socket.close();
    }
  }

  private synchronized void pass() throws InterruptedException {
    while (held) {
      wait();
    }
  }

  private void accept() {
    try {
      while (!listening.isClosed()) {
        Socket client = listening.accept();
        Socket there = new Socket(server.getHost(), server.getPort());
        open.add(client);
        open.add(there);
        Thread.ofVirtual().start(() -> carry(client, there));
        Thread.ofVirtual().start(() -> carry(there, client));
      }
    } catch (IOException e) {
      if (!listening.isClosed()) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Until one of the two ends it. */
  private void carry(Socket from, Socket to) {
    byte[] part = new byte[16 * 1024];
    try (from;
        to;
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      for (int read = in.read(part); read >= 0; read = in.read(part)) {
        pass();
        out.write(part, 0, read);
        out.flush();
      }
    } catch (IOException e) {
      // As much of an end as any other.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(from);
      open.remove(to);
    }
  }
}
