using System.Text.Json;
using Gateflow.Simulator.Answers;
using Gateflow.Simulator.Control;
using Gateflow.Simulator.Faults;
using Gateflow.Simulator.Requests;

namespace Gateflow.Simulator.Gemini;

/// <summary>Embeddings of Gemini's API and of Vertex AI.</summary>
internal static class EmbedEndpoints
{
    /// <summary>Gemini's own does not count tokens.</summary>
    public static Task BatchAsync(string model, GeminiEndpoints.Call call, GeminiDialect dialect) => AnswerAsync(
        model, call, dialect, EmbedRequest.ReadBatch, static (texts, vectors) => new { embeddings = vectors.Select(static values => new { values }) });

    public static Task PredictAsync(string model, GeminiEndpoints.Call call, VertexDialect dialect) => AnswerAsync(
        model, call, dialect, EmbedRequest.ReadPredict, static (texts, vectors) => new
        {
            predictions = texts.Zip(vectors, static (text, values) => new
            {
                embeddings = new { values, statistics = new Dictionary<string, object> { ["truncated"] = false, ["token_count"] = TokenEstimate.Of(text) } },
            }),
        });

    public static Task OneAsync(string model, GeminiEndpoints.Call call, VertexDialect dialect) => AnswerAsync(
        model, call, dialect, static (json, _) => EmbedRequest.ReadOne(json), static (texts, vectors) => new
        {
            embedding = new { values = vectors[0] }, usageMetadata = new { promptTokenCount = TokenEstimate.Of(texts[0]) }, truncated = false,
        });

    private static async Task AnswerAsync(
        string model, GeminiEndpoints.Call call, GeminiDialect dialect, Func<JsonElement, string, (EmbedRequest? Request, GeminiError? Fault)> read,
        Func<IReadOnlyList<string>, IReadOnlyList<float[]>, object> write)
    {
        var id = ModelId.FromRoute(model);
        if (await call.Intake.ReadAsync(call.Context, dialect, id, stream: false) is not { } json)
        {
            return;
        }

        var (request, fault) = read(json, id);
        if (request is null)
        {
            await fault!.WriteAsync(call.Context);
        }
        else if (await call.Intake.BeginAsync(call.Context, dialect, id) is { } turn)
        {
            var answer = write(request.Texts, [.. request.Texts.Select(text => HashedVector.Of(text, id, request.Dimensions))]);
            await Delivery.SendJsonAsync(call.Context, turn, JsonSerializer.SerializeToUtf8Bytes(answer, JsonSerializerOptions.Web));
        }
    }
}
