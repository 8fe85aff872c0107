namespace Gateflow.Simulator.Faults;

/// <summary>Puts an answer that is not a stream on the wire, or what is left of it.</summary>
internal static class Delivery
{
    private static readonly TimeSpan LongestHold = TimeSpan.FromMinutes(10);

    // Kestrel's flush returns when the transport has the bytes, not when the socket has sent them; an abort at once could swallow them.
    private static readonly TimeSpan LeaveTheSocket = TimeSpan.FromMilliseconds(20);

    public static async Task HoldAsync(HttpContext context, Turn turn)
    {
        await turn.WaitAsync(LongestHold, context.RequestAborted);
        context.Abort();
    }

    public static async Task AbortAsync(HttpContext context, Turn turn)
    {
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        await turn.WaitAsync(LeaveTheSocket, context.RequestAborted);
        context.Abort();
    }

    public static async Task SendJsonAsync(HttpContext context, Turn turn, ReadOnlyMemory<byte> json)
    {
        var response = context.Response;
        response.ContentType = "application/json";
        var part = json[..(int)(json.Length * turn.BreakAt)];
        switch (turn.Fate)
        {
            case Fate.BrokenStream:
                response.ContentLength = json.Length;
                await response.BodyWriter.WriteAsync(part, context.RequestAborted);
                await AbortAsync(context, turn);
                break;
            case Fate.Malformed:
                response.ContentLength = part.Length;
                await response.BodyWriter.WriteAsync(part, context.RequestAborted);
                break;
            default:
                response.ContentLength = json.Length;
                await response.BodyWriter.WriteAsync(json, context.RequestAborted);
                break;
        }
    }
}
