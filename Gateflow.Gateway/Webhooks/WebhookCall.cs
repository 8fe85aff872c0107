using System.Globalization;
using System.Net.Http.Headers;
using Gateflow.Core.Webhooks;
using Gateflow.Gateway.Outbound;

namespace Gateflow.Gateway.Webhooks;

/// <summary>
/// Sends one message to one address, signed by the Standard Webhooks convention. The address was entered by a person, so it goes through the guarded
/// connections; redirects are not followed, and what the receiver writes is not read.
/// </summary>
public sealed class WebhookCall(OutboundConnections connections, TimeProvider time)
{
    /// <summary>Longest wait for the receiver's status.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>One attempt; throws only when cancelled.</summary>
    /// <param name="url">The receiver.</param>
    /// <param name="id">The message's stable id.</param>
    /// <param name="secret">The signing secret.</param>
    /// <param name="body">The payload, UTF-8.</param>
    /// <param name="cancellationToken">Ends the attempt without a result.</param>
    public async Task<DeliveryAttempt> SendAsync(Uri url, string id, string secret, byte[] body, CancellationToken cancellationToken)
    {
        var (at, started) = (time.GetUtcNow(), time.GetTimestamp());
        using var timeout = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        request.Headers.UserAgent.ParseAdd("Gateflow-Webhooks/1");
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("webhook-signature", WebhookSignature.Sign(secret, id, at, body));
        try
        {
            using var response = await connections.SendAsync(request, either.Token);
            await SocketThread.LeaveAsync(); // noting the delivery is long work
            var status = (int)response.StatusCode;
            return Attempt(status, status is >= 200 and < 300 ? null : status is >= 300 and < 400 ? "It redirects; enter the address that it redirects to." : "It did not take the message.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Attempt(null, string.Create(CultureInfo.InvariantCulture, $"No answer within {Limit.TotalSeconds:0.#} s."));
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            return Attempt(null, Words(fault, url.Host));
        }

        DeliveryAttempt Attempt(int? status, string? error) => new(at, Math.Round(time.GetElapsedTime(started).TotalMilliseconds, 1), status, error);
    }

    private static string Words(Exception fault, string host) => fault.InnerException is AddressRefusedException refused ? refused.Message
        : (fault as HttpRequestException)?.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => $"The name {host} is not known.",
            HttpRequestError.SecureConnectionError => $"The TLS connection to {host} failed.",
            HttpRequestError.ConnectionError => $"No connection to {host}.",
            _ => $"The connection to {host} broke.",
        };
}
