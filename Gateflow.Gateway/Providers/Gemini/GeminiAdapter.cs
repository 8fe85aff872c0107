using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Errors;
using Gateflow.Gateway.Protocols;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.Gemini;

/// <summary>Google's own API of Gemini: <c>generateContent</c> with an API key. No caller speaks it, so that every request is translated.</summary>
internal sealed class GeminiAdapter : IProviderAdapter
{
    /// <summary>The version whose form <see cref="Write"/> speaks.</summary>
    private const string OwnVersion = "v1beta";

    private readonly ConditionalWeakTable<ModelEndpoint, GenerateAddresses> _addresses = [];

    public Protocol? Native => null;

    public ValueTask<HttpRequestMessage> CreateAsync(ProviderRequest what, CancellationToken cancellationToken)
    {
        var request = _addresses.GetValue(what.Endpoint, AddressesOf).Create(what);
        if (what.Endpoint.Provider.ApiKey is { } key)
        {
            request.Headers.TryAddWithoutValidation("x-goog-api-key", key);
        }

        return ValueTask.FromResult(request);
    }

    public JsonObject Write(ModelRequest request, ModelEndpoint endpoint, ShimNotes notes) => GenerateRequestWriter.Write(request, endpoint, notes);

    public IAnswerParser CreateParser() => new GenerateAnswerParser();

    public bool TryRead(ReadOnlySpan<byte> json, AnswerFacts facts, out AnswerMarks marks) =>
        throw new InvalidOperationException("Answers of Gemini never pass through.");

    public AttemptResult Classify(int status, ReadOnlySpan<byte> error) => GoogleErrors.Classify(status, error);

    public GatewayError ReadError(int status, ReadOnlySpan<byte> error, string provider) => GoogleErrors.Read(status, error, provider);

    public TimeSpan? ReadRetryAfter(ReadOnlySpan<byte> error) => GoogleErrors.RetryAfter(error);

    /// <summary>A model may also be named in full: <c>tunedModels/x</c>.</summary>
    private static GenerateAddresses AddressesOf(ModelEndpoint endpoint)
    {
        var (provider, model) = (endpoint.Provider, endpoint.UpstreamModel);
        var name = model.Contains('/', StringComparison.Ordinal) ? model : $"models/{Uri.EscapeDataString(model)}";
        return new GenerateAddresses($"{provider.BaseUrl.AbsoluteUri.TrimEnd('/')}/{provider.ApiVersion ?? OwnVersion}/{name}");
    }
}
