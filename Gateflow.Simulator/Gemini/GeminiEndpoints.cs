using System.Text.Json;
using Gateflow.Simulator.Answers;
using Gateflow.Simulator.Control;
using Gateflow.Simulator.Faults;
using Gateflow.Simulator.Requests;
using Gateflow.Simulator.Streaming;

namespace Gateflow.Simulator.Gemini;

/// <summary>Gemini's API, and the same models under Vertex AI's paths.</summary>
internal static class GeminiEndpoints
{
    private static readonly string[] Roots = ["/v1beta/models/", "/v1/models/"];

    private static readonly string[] VertexRoots =
    [
        "/v1/projects/{project}/locations/{location}/publishers/google/models/",
        "/v1beta1/projects/{project}/locations/{location}/publishers/google/models/",
    ];

    public static void MapGemini(this RouteGroupBuilder protocol)
    {
        foreach (var root in Roots)
        {
            protocol.MapPost(root + "{model}:generateContent", (string model, [AsParameters] Call call, GeminiDialect dialect) => GenerateAsync(model, call, dialect, false));
            protocol.MapPost(root + "{model}:streamGenerateContent", (string model, [AsParameters] Call call, GeminiDialect dialect) => GenerateAsync(model, call, dialect, true));
            protocol.MapPost(root + "{model}:countTokens", (string model, [AsParameters] Call call, GeminiDialect dialect) => CountAsync(model, call, dialect));
            protocol.MapPost(root + "{model}:batchEmbedContents", (string model, [AsParameters] Call call, GeminiDialect dialect) => EmbedEndpoints.BatchAsync(model, call, dialect));
        }

        foreach (var root in VertexRoots)
        {
            protocol.MapPost(root + "{model}:generateContent", (string model, [AsParameters] Call call, VertexDialect dialect) => GenerateAsync(model, call, dialect, false));
            protocol.MapPost(root + "{model}:streamGenerateContent", (string model, [AsParameters] Call call, VertexDialect dialect) => GenerateAsync(model, call, dialect, true));
            protocol.MapPost(root + "{model}:countTokens", (string model, [AsParameters] Call call, VertexDialect dialect) => CountAsync(model, call, dialect));
            protocol.MapPost(root + "{model}:predict", (string model, [AsParameters] Call call, VertexDialect dialect) => EmbedEndpoints.PredictAsync(model, call, dialect));
            protocol.MapPost(root + "{model}:embedContent", (string model, [AsParameters] Call call, VertexDialect dialect) => EmbedEndpoints.OneAsync(model, call, dialect));
        }
    }

    private static async Task GenerateAsync(string model, Call call, GeminiDialect dialect, bool stream)
    {
        var context = call.Context;
        if (await ReadAsync(model, call, dialect, stream) is not { } request
            || await call.Intake.BeginAsync(context, dialect, request.Model, stream) is not { } turn)
        {
            return;
        }

        var answer = new GenerateAnswer
        {
            Request = request,
            CachedTokens = call.Cache.Automatic(request.Model, request.RawContents, request.PromptTokens),
            Replies = [.. Enumerable.Range(0, request.Candidates).Select(choice => Responder.Reply(request.Question, turn.Entry, turn.Flaw, choice))],
        };
        if (!stream)
        {
            await turn.WaitAsync(turn.Duration(answer.Tokens), context.RequestAborted);
            await Delivery.SendJsonAsync(context, turn, answer.ToJson());
        }
        else if (context.Request.Query["alt"] == "sse")
        {
            using var events = new ServerSentEvents(named: false, "\r\n");
            await PacedStream.SendAsync(context, turn, events, GenerateChunks.Of(answer, turn));
        }
        else
        {
            using var array = new JsonArray();
            await PacedStream.SendAsync(context, turn, array, GenerateChunks.Of(answer, turn));
        }
    }

    private static async Task CountAsync(string model, Call call, GeminiDialect dialect)
    {
        if (await ReadAsync(model, call, dialect, stream: false) is { } request
            && await call.Intake.BeginAsync(call.Context, dialect, request.Model) is not null)
        {
            var details = new[] { new { modality = "TEXT", tokenCount = request.PromptTokens } };
            await call.Context.Response.WriteAsJsonAsync(
                new Dictionary<string, object> { ["totalTokens"] = request.PromptTokens, ["promptTokensDetails"] = details },
                JsonSerializerOptions.Web,
                call.Context.RequestAborted);
        }
    }

    private static async Task<GenerateRequest?> ReadAsync(string model, Call call, GeminiDialect dialect, bool stream)
    {
        var id = ModelId.FromRoute(model);
        if (await call.Intake.ReadAsync(call.Context, dialect, id, stream) is not { } json)
        {
            return null;
        }

        // Tokens are counted of contents alone, or of a whole request inside.
        var asked = json.TryGetProperty("generateContentRequest", out var inner) && inner.ValueKind == JsonValueKind.Object ? inner : json;
        var (request, fault) = GenerateRequest.Read(asked, id, dialect is VertexDialect);
        if (fault is not null)
        {
            await fault.WriteAsync(call.Context);
        }

        return request;
    }

    /// <summary>What every call needs.</summary>
    internal sealed record Call(HttpContext Context, Intake Intake, PromptCache Cache);
}
