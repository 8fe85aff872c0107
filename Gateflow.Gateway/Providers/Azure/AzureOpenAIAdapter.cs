using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Gateflow.Core.Rollout;
using Gateflow.Core.Routing;
using Gateflow.Gateway.Errors;
using Gateflow.Gateway.Protocols;
using Gateflow.Gateway.Translation;

namespace Gateflow.Gateway.Providers.Azure;

/// <summary>
/// One of OpenAI's APIs as Azure offers it: addresses, key and the words of its front are its own, requests and answers are OpenAI's. The upstream
/// model is the name of the deployment.
/// </summary>
/// <param name="api">OpenAI's.</param>
/// <param name="operation">Its path below a deployment, "chat/completions".</param>
internal sealed class AzureOpenAIAdapter(IProviderAdapter api, string operation) : IProviderAdapter
{
    private readonly ConditionalWeakTable<ModelEndpoint, Uri> _addresses = [];

    public Protocol? Native => api.Native;

    public ValueTask<HttpRequestMessage> CreateAsync(ProviderRequest what, CancellationToken cancellationToken)
    {
        var address = _addresses.GetValue(what.Endpoint, endpoint => AzureAddress.Of(endpoint, operation));
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = what.Body };
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "identity"); // answers are read on their way
        if (what.Endpoint.Provider.ApiKey is { } key)
        {
            request.Headers.TryAddWithoutValidation("api-key", key);
        }

        return ValueTask.FromResult(request);
    }

    public JsonObject Write(ModelRequest request, ModelEndpoint endpoint, ShimNotes notes) => api.Write(request, endpoint, notes);

    public IAnswerParser CreateParser() => api.CreateParser();

    public bool TryRead(ReadOnlySpan<byte> json, AnswerFacts facts, out AnswerMarks marks) => api.TryRead(json, facts, out marks);

    public AttemptResult Classify(int status, ReadOnlySpan<byte> error) =>
        status is >= 400 and < 500 && error.IndexOf("\"DeploymentNotFound\""u8) >= 0 ? AttemptResult.ModelNotFound : api.Classify(status, error);

    /// <summary>Azure's front gives its own codes, or the status once more, where OpenAI has words that programs test for.</summary>
    public GatewayError ReadError(int status, ReadOnlySpan<byte> error, string provider)
    {
        var read = api.ReadError(status, error, provider);
        return read.Code switch
        {
            "DeploymentNotFound" => GatewayError.ModelNotFound(read.Message),
            "content_filter" => read with { Type = "invalid_request_error", Code = "content_policy_violation" },
            var code when int.TryParse(code, out _) => ProviderError.Of(status, provider, read.Message),
            _ => read,
        };
    }
}
