using System.Text.Json;
using Gateflow.Simulator.Answers;
using Gateflow.Simulator.Control;
using Gateflow.Simulator.Faults;
using Gateflow.Simulator.Requests;
using Gateflow.Simulator.Streaming;

namespace Gateflow.Simulator.Bedrock;

/// <summary>Converse and ConverseStream of Bedrock's runtime API, and InvokeModel for embeddings.</summary>
internal static class BedrockEndpoints
{
    public static void MapBedrock(this RouteGroupBuilder protocol)
    {
        protocol.MapPost("/model/{model}/converse", (string model, [AsParameters] Call call) => AnswerAsync(ModelId.FromRoute(model), call, stream: false));
        protocol.MapPost("/model/{model}/converse-stream", (string model, [AsParameters] Call call) => AnswerAsync(ModelId.FromRoute(model), call, stream: true));
        protocol.MapPost("/model/{model}/invoke", (string model, [AsParameters] Call call) => EmbedAsync(ModelId.FromRoute(model), call));
    }

    private static async Task EmbedAsync(string model, Call call)
    {
        if (await call.Intake.ReadAsync(call.Context, call.Dialect, model, stream: false) is not { } json)
        {
            return;
        }

        var (request, fault) = InvokeRequest.Read(json, model);
        if (request is null)
        {
            await fault!.WriteAsync(call.Context);
        }
        else if (await call.Intake.BeginAsync(call.Context, call.Dialect, model) is { } turn)
        {
            var vectors = request.Texts.Select(text => HashedVector.Of(text, model, request.Dimensions));
            object answer = request.IsCohere
                ? new Dictionary<string, object> { ["response_type"] = "embeddings_by_type", ["embeddings"] = new Dictionary<string, object> { ["float"] = vectors }, ["texts"] = request.Texts }
                : new { embedding = vectors.First(), inputTextTokenCount = TokenEstimate.Of(request.Texts[0]) };
            await Delivery.SendJsonAsync(call.Context, turn, JsonSerializer.SerializeToUtf8Bytes(answer, JsonSerializerOptions.Web));
        }
    }

    private static async Task AnswerAsync(string model, Call call, bool stream)
    {
        var context = call.Context;
        if (await ReadAsync(model, call, stream) is not { } request
            || await call.Intake.BeginAsync(context, call.Dialect, model, stream) is not { } turn)
        {
            return;
        }

        var answer = ConverseAnswer.Of(Responder.Reply(request.Question, turn.Entry, turn.Flaw, 0), request, turn, call.Cache);
        if (stream)
        {
            using var framing = new EventStream();
            await PacedStream.SendAsync(context, turn, framing, ConverseEvents.Of(answer, turn));
            return;
        }

        await turn.WaitAsync(turn.Duration(answer.OutputTokens), context.RequestAborted);
        await Delivery.SendJsonAsync(context, turn, answer.ToJson());
    }

    private static async Task<ConverseRequest?> ReadAsync(string model, Call call, bool stream)
    {
        if (await call.Intake.ReadAsync(call.Context, call.Dialect, model, stream) is not { } json)
        {
            return null;
        }

        var (request, fault) = ConverseRequest.Read(json, model);
        if (fault is not null)
        {
            await fault.WriteAsync(call.Context);
        }

        return request;
    }

    /// <summary>What every call needs.</summary>
    internal sealed record Call(HttpContext Context, Intake Intake, PromptCache Cache, BedrockDialect Dialect);
}
