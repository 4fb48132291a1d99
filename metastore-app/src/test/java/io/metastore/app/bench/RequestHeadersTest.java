package io.metastore.app.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Headers;
import org.junit.jupiter.api.Test;

final class RequestHeadersTest {
  private final RequestHeaders headers = new RequestHeaders("localhost:2379");
  private final DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(true);

  @Test
  void everyBlockOfAConnectionDecodesToTheSameHeaders() throws Exception {
    EtcdMethod[] calls = {
      EtcdMethod.PUT,
      EtcdMethod.PUT,
      EtcdMethod.RANGE,
      EtcdMethod.PUT,
      EtcdMethod.RANGE,
      EtcdMethod.PUT
    };
    for (EtcdMethod method : calls) {
      Http2Headers decoded = decoder.decodeHeaders(1, Unpooled.wrappedBuffer(headers.next(method)));
      assertEquals("POST", decoded.method().toString());
      assertEquals("http", decoded.scheme().toString());
      assertEquals(method.path(), decoded.path().toString());
      assertEquals("localhost:2379", decoded.authority().toString());
      assertEquals("application/grpc", decoded.get("content-type").toString());
      assertEquals("trailers", decoded.get("te").toString());
    }
  }

  @Test
  void laterBlocksAreAFewBytes() {
    headers.next(EtcdMethod.PUT);
    assertEquals(6, headers.next(EtcdMethod.PUT).length);
    assertTrue(headers.next(EtcdMethod.RANGE).length > 6);
    assertEquals(6, headers.next(EtcdMethod.PUT).length);
  }
}
