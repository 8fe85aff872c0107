using System.Text.Json;
using Gateflow.Core.Providers;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Forwarding;
using Gateflow.Gateway.Outbound;
using Gateflow.Gateway.Protocols;
using Gateflow.Gateway.Providers;
using Gateflow.Gateway.Translation;
using Microsoft.AspNetCore.Http;

namespace Gateflow.Gateway.Probes;

/// <summary>
/// Asks a provider whether it is there: for its list of models, or for a few tokens of one. It goes the way of requests, but beside the pipeline: it
/// counts as nobody's usage and no breaker hears of it.
/// </summary>
public sealed class ProviderProbe(OutboundConnections connections, TimeProvider time)
{
    /// <summary>Largest answer that is read, bytes: aggregators list thousands of models.</summary>
    private const int LargestAnswer = 4 * 1024 * 1024;

    /// <summary>Fewer, and reasoning models answer with an error.</summary>
    private const int Tokens = 16;

    /// <summary>Lists the models where there is such a list, else asks a model.</summary>
    /// <param name="provider">Whom to ask.</param>
    /// <param name="model">The model to ask; null for the list alone.</param>
    /// <param name="limit">Longest wait.</param>
    /// <param name="cancellationToken">Throws when cancelled; every other failure is a result.</param>
    public Task<ProbeResult> RunAsync(ProviderEndpoint provider, string? model, TimeSpan limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(provider);
        return model is not null ? AskAsync(provider, model, limit, cancellationToken) : ListAsync(provider, limit, cancellationToken);
    }

    /// <summary>True when the provider has a list of models to ask for.</summary>
    public static bool ListsModels(ProviderEndpoint provider)
    {
        using var request = ModelListCall.Create(provider);
        return request is not null;
    }

    /// <summary>The provider's list of models as it answers it; empty when the result tells a fault.</summary>
    public async Task<(ProbeResult Result, ReadOnlyMemory<byte> Json)> ReadModelsAsync(ProviderEndpoint provider, TimeSpan limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(provider);
        if (ModelListCall.Create(provider) is not { } request)
        {
            return (Failed(ProbeFault.NotFound, "This type of provider lists no models."), default);
        }

        ReadOnlyMemory<byte> list = default;
        var result = await SendAsync(
            provider, _ => ValueTask.FromResult(request),
            (good, body) =>
            {
                list = body;
                return good;
            },
            limit, cancellationToken);
        return (result, list);
    }

    private Task<ProbeResult> ListAsync(ProviderEndpoint provider, TimeSpan limit, CancellationToken cancellationToken) =>
        ModelListCall.Create(provider) is not { } request
            ? Task.FromResult(Failed(ProbeFault.NotFound, "This type of provider lists no models; name a model to ask."))
            : SendAsync(
                provider, _ => ValueTask.FromResult(request),
                (result, body) => ModelListCall.Count(body) is { } count
                    ? result with { ModelsListed = count }
                    : result with { Fault = ProbeFault.Unexpected, Message = $"{request.RequestUri!.GetLeftPart(UriPartial.Path)} answered, but with no list of models. Check the base address." },
                limit, cancellationToken);

    private async Task<ProbeResult> AskAsync(ProviderEndpoint provider, string model, TimeSpan limit, CancellationToken cancellationToken)
    {
        var endpoint = new ModelEndpoint(provider, provider.Deployments.GetValueOrDefault(model, model));
        if ((ProviderAdapters.Find(endpoint, Protocol.Chat) ?? ProviderAdapters.Find(endpoint, Protocol.Messages)) is not { } adapter)
        {
            return Failed(ProbeFault.Refused, "This model has no API here that answers in words. Name another.") with { Model = model };
        }

        var request = new ModelRequest { Messages = [Message.Of(Role.User, "Answer with one word: ready?")], MaxTokens = Tokens };
        byte[] body;
        try
        {
            body = JsonSerializer.SerializeToUtf8Bytes(adapter.Write(request, endpoint, new ShimNotes()), ProviderJson.Options);
        }
        catch (NotCarriedException fault)
        {
            return Failed(ProbeFault.Refused, fault.Error.Message) with { Model = model };
        }

        var result = await SendAsync(
            provider,
            token => adapter.CreateAsync(new ProviderRequest(endpoint, new SplicedContent([body]), false, new HeaderDictionary(), false, time.GetUtcNow()), token),
            (good, _) => good,
            limit, cancellationToken, adapter);
        return result with { Model = model };
    }

    private async Task<ProbeResult> SendAsync(
        ProviderEndpoint provider, Func<CancellationToken, ValueTask<HttpRequestMessage>> create,
        Func<ProbeResult, ReadOnlyMemory<byte>, ProbeResult> good, TimeSpan limit, CancellationToken cancellationToken, IProviderAdapter? adapter = null)
    {
        using var timeout = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var started = time.GetTimestamp();
        try
        {
            using var request = await create(either.Token);
            using var response = await connections.SendAsync(provider, request, either.Token);
            var status = (int)response.StatusCode;
            if (status == 401)
            {
                adapter?.Refused(provider, request);
            }

            await response.Content.LoadIntoBufferAsync(LargestAnswer, either.Token);
            var body = await response.Content.ReadAsByteArrayAsync(either.Token);
            var result = new ProbeResult { At = time.GetUtcNow(), LatencyMs = Elapsed(), HttpStatus = status };
            return ProbeAnswer.Fault(status) is { } fault
                ? result with { Fault = fault, Message = ProbeAnswer.Message(body, provider) ?? $"The provider answered with status {status}." }
                : good(result, body);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Failed(ProbeFault.Timeout, $"No answer within {limit.TotalSeconds:0.#} s.");
        }
        catch (ProviderSetupException fault)
        {
            return Failed(ProbeFault.KeyRefused, fault.Message);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            return fault.InnerException is AddressRefusedException or TimeoutException
                ? Failed(fault.InnerException is TimeoutException ? ProbeFault.Timeout : ProbeFault.AddressRefused, fault.InnerException.Message)
                : Failed(ProbeFault.NoConnection, Words(fault, provider.BaseUrl.Host));
        }
        finally
        {
            await SocketThread.LeaveAsync(); // storing the result is long work
        }

        double Elapsed() => time.GetElapsedTime(started).TotalMilliseconds;

        ProbeResult Failed(ProbeFault fault, string message) => this.Failed(fault, message) with { LatencyMs = Elapsed() };
    }

    private static string Words(Exception fault, string host) => (fault as HttpRequestException)?.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => $"The name {host} is not known.",
        HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError when fault.InnerException is System.Security.Authentication.AuthenticationException refused =>
            $"The TLS connection to {host} failed: {refused.Message}",
        HttpRequestError.ConnectionError when fault.InnerException is System.Net.Sockets.SocketException socket => $"No connection to {host}: {socket.SocketErrorCode switch
        {
            System.Net.Sockets.SocketError.ConnectionRefused => "nothing listens there.",
            System.Net.Sockets.SocketError.HostNotFound or System.Net.Sockets.SocketError.NoData or System.Net.Sockets.SocketError.TryAgain => "its name is not known.",
            _ => $"{socket.SocketErrorCode}.",
        }}",
        HttpRequestError.ConfigurationLimitExceeded => "The answer is larger than 4 MiB.",
        _ => $"The connection to {host} broke.",
    };

    private ProbeResult Failed(ProbeFault fault, string message) => new() { At = time.GetUtcNow(), LatencyMs = 0, Fault = fault, Message = message };
}
