using System.Text.Json;
using Gateflow.Simulator.Answers;
using Gateflow.Simulator.Faults;
using Gateflow.Simulator.Requests;
using Gateflow.Simulator.Streaming;

namespace Gateflow.Simulator.OpenAI;

internal static class ResponsesEndpoint
{
    public static Task HandleAsync(HttpContext context, Intake intake, OpenAIDialect dialect, PromptCache cache, ResponseStore store) =>
        AnswerAsync(context, intake, dialect, cache, store);

    public static async Task AnswerAsync(HttpContext context, Intake intake, IDialect dialect, PromptCache cache, ResponseStore store)
    {
        if (await intake.ReadAsync(context, dialect) is not { } json)
        {
            return;
        }

        var (request, fault) = ResponsesRequest.Read(json, store);
        if (request is null)
        {
            await fault!.WriteAsync(context);
            return;
        }

        if (await intake.BeginAsync(context, dialect, request.Model, request.Stream) is not { } turn)
        {
            return;
        }

        var reply = Responder.Reply(request.Question, turn.Entry, turn.Flaw, 0);
        var response = new Response
        {
            CreatedAt = intake.Clock.GetUtcNow().ToUnixTimeSeconds(),
            Request = request,
            Reply = reply,
            CachedTokens = cache.Automatic(request.Model, Prompt(json), request.InputTokens),
            Items = ResponseItem.Of(reply, request),
        };
        if (request.Store)
        {
            store.Keep(response.Id, request.Input.After(reply, response.Items.Where(item => item.Type == "function_call").Select(item => item.CallId)));
        }

        if (request.Stream)
        {
            using var framing = new ServerSentEvents(named: true);
            await PacedStream.SendAsync(context, turn, framing, new ResponseEvents(response).Script(turn));
            return;
        }

        await turn.WaitAsync(turn.Duration(reply.Tokens), context.RequestAborted);
        await Delivery.SendJsonAsync(context, turn, response.ToJson());
    }

    private static string Prompt(JsonElement json) =>
        (json.TryGetProperty("instructions", out var instructions) ? instructions.GetRawText() : "")
        + (json.TryGetProperty("input", out var input) ? input.GetRawText() : "");
}
