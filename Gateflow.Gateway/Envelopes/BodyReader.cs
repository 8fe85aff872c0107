using Gateflow.Gateway.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Gateflow.Gateway.Envelopes;

/// <summary>Step 2, first half: the body, whole, in pooled memory, never more than the limit of it.</summary>
internal static class BodyReader
{
    private const int FirstRent = 4 * 1024;
    private const int LargestFirstRent = 64 * 1024;

    /// <summary>Reads the body; an error when it is compressed, larger than <paramref name="limit"/> bytes or not received whole.</summary>
    public static async ValueTask<(PooledBody? Body, GatewayError? Error)> ReadAsync(HttpContext http, long limit)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } server)
        {
            server.MaxRequestBodySize = null; // the limit below answers in the shape that callers expect
        }

        if (http.Request.Headers.ContentEncoding is { Count: > 0 } encoding && !string.Equals(encoding.ToString(), "identity", StringComparison.OrdinalIgnoreCase))
        {
            return (null, GatewayError.Encoded);
        }

        var announced = http.Request.ContentLength;
        if (announced > limit)
        {
            return (null, GatewayError.TooLarge(limit));
        }

        // What is announced is not rented at once: an upload that never comes should not hold memory.
        var body = new PooledBody((int)Math.Clamp(announced ?? FirstRent, 1, LargestFirstRent));
        try
        {
            while (body.Length != announced)
            {
                var received = await http.Request.BodyReader.ReadAsync(http.RequestAborted);
                var tooLong = body.Length + received.Buffer.Length > limit;
                foreach (var piece in received.Buffer)
                {
                    if (!tooLong)
                    {
                        body.Append(piece.Span);
                    }
                }

                http.Request.BodyReader.AdvanceTo(received.Buffer.End);
                if (tooLong)
                {
                    body.Dispose();
                    return (null, GatewayError.TooLarge(limit));
                }

                if (received.IsCompleted)
                {
                    break;
                }
            }

            return (body, null);
        }
        catch (BadHttpRequestException fault)
        {
            body.Dispose();
            return (null, new GatewayError(fault.StatusCode, "invalid_request_error", "invalid_request", "The body did not arrive whole."));
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }
}
