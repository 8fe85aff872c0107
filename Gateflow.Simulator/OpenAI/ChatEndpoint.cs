using Gateflow.Simulator.Answers;
using Gateflow.Simulator.Azure;
using Gateflow.Simulator.Faults;
using Gateflow.Simulator.Requests;

namespace Gateflow.Simulator.OpenAI;

internal static class ChatEndpoint
{
    public static Task HandleAsync(HttpContext context, Intake intake, OpenAIDialect dialect, PromptCache cache) =>
        AnswerAsync(context, intake, dialect, cache, null);

    /// <param name="context">The request.</param>
    /// <param name="intake">Reads it.</param>
    /// <param name="dialect">OpenAI's own or a host's of its models.</param>
    /// <param name="cache">Of prompts.</param>
    /// <param name="deployment">The model when the path names it.</param>
    public static async Task AnswerAsync(HttpContext context, Intake intake, IDialect dialect, PromptCache cache, string? deployment)
    {
        if (await intake.ReadAsync(context, dialect, deployment) is not { } json)
        {
            return;
        }

        var (request, fault) = ChatRequest.Read(json, deployment);
        if (request is null)
        {
            await fault!.WriteAsync(context);
            return;
        }

        if (await intake.BeginAsync(context, dialect, request.Model, request.Stream) is not { } turn)
        {
            return;
        }

        var completion = new ChatCompletion
        {
            Id = "chatcmpl-" + Guid.NewGuid().ToString("N")[..29],
            Created = intake.Clock.GetUtcNow().ToUnixTimeSeconds(),
            Model = request.Model,
            ContentFilter = dialect is AzureDialect,
            TopLogprobs = request.TopLogprobs,
            PromptTokens = request.PromptTokens,
            CachedTokens = cache.Automatic(request.Model, request.RawMessages, request.PromptTokens),
            Replies = [.. Enumerable.Range(0, request.Choices).Select(choice => Responder.Reply(request.Question, turn.Entry, turn.Flaw, choice))],
        };
        if (request.Stream)
        {
            await ChatStream.SendAsync(context, turn, completion, request.IncludeUsage);
            return;
        }

        await turn.WaitAsync(turn.Duration(completion.CompletionTokens), context.RequestAborted);
        await Delivery.SendJsonAsync(context, turn, completion.ToJson());
    }
}
