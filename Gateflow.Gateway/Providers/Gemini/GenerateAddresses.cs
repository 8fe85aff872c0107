namespace Gateflow.Gateway.Providers.Gemini;

/// <summary>Where one model of Google's answers.</summary>
/// <param name="model">The model's own address, without the method.</param>
/// <param name="method">The method that answers whole.</param>
internal sealed class GenerateAddresses(string model, string method)
{
    private readonly Uri _whole = new($"{model}:{method}");
    private readonly Uri _stream = new($"{model}:streamGenerateContent?alt=sse");

    /// <summary>The request without authentication.</summary>
    public HttpRequestMessage Create(ProviderRequest what)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, what.Stream ? _stream : _whole) { Content = what.Body };
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "identity"); // answers are read on their way
        return request;
    }
}
