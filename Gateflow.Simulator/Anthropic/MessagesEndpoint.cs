using Gateflow.Simulator.Answers;
using Gateflow.Simulator.Faults;
using Gateflow.Simulator.Requests;
using Gateflow.Simulator.Streaming;

namespace Gateflow.Simulator.Anthropic;

internal static class MessagesEndpoint
{
    public static async Task CreateAsync(HttpContext context, Intake intake, AnthropicDialect dialect, PromptCache cache)
    {
        if (await ReadAsync(context, intake, dialect, counting: false) is not { } request
            || await intake.BeginAsync(context, dialect, request.Model, request.Stream) is not { } turn)
        {
            return;
        }

        var message = Message.Of(Responder.Reply(request.Question, turn.Entry, turn.Flaw, 0), request, cache);
        if (request.Stream)
        {
            using var framing = new ServerSentEvents(named: true);
            await PacedStream.SendAsync(context, turn, framing, MessageEvents.Of(message, turn));
            return;
        }

        await turn.WaitAsync(turn.Duration(message.Usage.Output), context.RequestAborted);
        await Delivery.SendJsonAsync(context, turn, message.ToJson());
    }

    public static async Task CountAsync(HttpContext context, Intake intake, AnthropicDialect dialect)
    {
        if (await ReadAsync(context, intake, dialect, counting: true) is { } request
            && await intake.BeginAsync(context, dialect, request.Model) is not null)
        {
            await context.Response.WriteAsJsonAsync(new { InputTokens = request.Prompt.Tokens }, SimulatorJson.Options, context.RequestAborted);
        }
    }

    private static async Task<MessagesRequest?> ReadAsync(HttpContext context, Intake intake, AnthropicDialect dialect, bool counting)
    {
        if (await intake.ReadAsync(context, dialect) is not { } json)
        {
            return null;
        }

        var (request, fault) = MessagesRequest.Read(json, counting, ApiVersion.Of(context.Request));
        if (fault is not null)
        {
            await fault.WriteAsync(context);
        }

        return request;
    }
}
