using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace Gateflow.Dashboard.Management;

/// <summary>The calls of applications, which are no routes of ours: their bodies are the providers' own, so the document names whose they are.</summary>
internal static class DataPlane
{
    private const string Tag = "applications";

    private static readonly Call[] Calls =
    [
        new(HttpMethod.Post, "/v1/chat/completions", "OpenAI's chat completions", "https://platform.openai.com/docs/api-reference/chat", """{"model": "gpt-4", "messages": [{"role": "user", "content": "Hello"}]}"""),
        new(HttpMethod.Post, "/v1/responses", "OpenAI's Responses", "https://platform.openai.com/docs/api-reference/responses", """{"model": "gpt-4", "input": "Hello"}"""),
        new(HttpMethod.Post, "/v1/embeddings", "OpenAI's embeddings", "https://platform.openai.com/docs/api-reference/embeddings", """{"model": "text-embedding-3-small", "input": "Hello"}"""),
        new(HttpMethod.Post, "/v1/messages", "Anthropic's messages", "https://docs.anthropic.com/en/api/messages", """{"model": "claude-3-5-sonnet", "max_tokens": 100, "messages": [{"role": "user", "content": "Hello"}]}"""),
        new(HttpMethod.Post, "/v1/messages/count_tokens", "Anthropic's token counts", "https://docs.anthropic.com/en/api/messages-count-tokens", """{"model": "claude-3-5-sonnet", "messages": [{"role": "user", "content": "Hello"}]}"""),
        new(HttpMethod.Get, "/v1/models", "The models that the key may ask for, as OpenAI lists them, or Anthropic with anthropic-version", "https://platform.openai.com/docs/api-reference/models"),
        new(HttpMethod.Get, "/v1/models/{id}", "One model", "https://platform.openai.com/docs/api-reference/models"),
        new(HttpMethod.Post, "/v1/feedback", "A user's rating of an answer, 0 to 1; counts toward quality", null, """{"request_id": "req_…", "score": 1}"""),
    ];

    public static void AddTo(OpenApiDocument document)
    {
        (document.Tags ??= new HashSet<OpenApiTag>()).Add(new OpenApiTag { Name = Tag, Description = "The paths of the providers' protocols, streamed or not." });
        foreach (var call in Calls)
        {
            document.Paths.Add(call.Path, new OpenApiPathItem { Operations = new Dictionary<HttpMethod, OpenApiOperation> { [call.Method] = call.Operation(document) } });
        }
    }

    /// <param name="Reference">Where the provider describes it; null for what is Gateflow's own.</param>
    /// <param name="Example">A small body, JSON; null for none.</param>
    private sealed record Call(HttpMethod Method, string Path, string Summary, string? Reference, string? Example = null)
    {
        public OpenApiOperation Operation(OpenApiDocument document) => new()
        {
            Tags = new HashSet<OpenApiTagReference> { new(Tag, document) },
            Summary = Summary,
            ExternalDocs = Reference is null ? null : new OpenApiExternalDocs { Url = new Uri(Reference), Description = "The provider's own reference" },
            Parameters = Path.EndsWith("{id}", StringComparison.Ordinal)
                ? [new OpenApiParameter { Name = "id", In = ParameterLocation.Path, Required = true, Schema = new OpenApiSchema { Type = JsonSchemaType.String } }]
                : null,
            RequestBody = Example is null ? null : new OpenApiRequestBody
            {
                Required = true,
                Content = new Dictionary<string, OpenApiMediaType>
                {
                    ["application/json"] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.Object }, Example = JsonNode.Parse(Example) },
                },
            },
            Responses = new OpenApiResponses { ["200"] = new OpenApiResponse { Description = "The protocol's answer; x-gateflow-model says who gave it." } },
        };
    }
}
