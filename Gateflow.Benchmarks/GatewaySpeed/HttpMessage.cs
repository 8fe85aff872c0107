using System.Buffers.Text;
using System.Text;

namespace Gateflow.Benchmarks.GatewaySpeed;

/// <summary>As much of HTTP/1.1 as the load needs.</summary>
internal static class HttpMessage
{
    /// <summary>Length of the whole message with its body; 0 while its head is not whole; -1 for a chunked body.</summary>
    public static int Length(ReadOnlySpan<byte> received)
    {
        var end = received.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return 0;
        }

        foreach (var range in received[..end].Split("\r\n"u8))
        {
            var line = received[range];
            var colon = line.IndexOf((byte)':');
            if (colon == 14 && Ascii.EqualsIgnoreCase(line[..colon], "content-length"u8))
            {
                return end + 4 + (Utf8Parser.TryParse(line[(colon + 1)..].TrimStart((byte)' '), out int length, out _) ? length : 0);
            }

            if (colon == 17 && Ascii.EqualsIgnoreCase(line[..colon], "transfer-encoding"u8))
            {
                return -1;
            }
        }

        return end + 4;
    }

    /// <summary>A chat request as an application sends it: some 1.2 KB.</summary>
    public static byte[] Request(Uri address, string key, string model, bool stream)
    {
        var prompt = string.Concat(Enumerable.Repeat("Explain in one paragraph what a gateway does for an organisation. ", 14));
        var body = $$"""{"model":"{{model}}","messages":[{"role":"system","content":"You are a helpful assistant."},{"role":"user","content":"{{prompt}}"}],"temperature":0.7,"max_tokens":256{{(stream ? ",\"stream\":true" : "")}}}""";
        return Encoding.ASCII.GetBytes(
            $"POST {address.AbsolutePath} HTTP/1.1\r\nHost: {address.Authority}\r\nAuthorization: Bearer {key}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
    }
}
