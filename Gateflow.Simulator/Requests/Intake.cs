using System.Text.Json;
using Gateflow.Simulator.Behaviours;
using Gateflow.Simulator.Control;
using Gateflow.Simulator.Faults;

namespace Gateflow.Simulator.Requests;

/// <summary>What every endpoint does before it answers: read, log, check the caller and the model, draw the turn, wait, fail if it must.</summary>
internal sealed class Intake(RequestLog log, BehaviourTable table, Turns turns, SimulatorClock clock)
{
    public TimeProvider Clock => clock.Time;

    /// <summary>Null: refused, and the refusal is written.</summary>
    /// <param name="context">The request.</param>
    /// <param name="dialect">Its protocol.</param>
    /// <param name="model">The model when the path names it; null: the body does.</param>
    /// <param name="stream">Whether the path asks for a stream; null: the body says so.</param>
    public async Task<JsonElement?> ReadAsync(HttpContext context, IDialect dialect, string? model = null, bool? stream = null)
    {
        dialect.Stamp(context.Response);
        byte[] body;
        try
        {
            body = await JsonBody.ReadAsync(context.Request, context.RequestAborted);
        }
        catch (BadHttpRequestException problem) when (problem.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            await dialect.TooLarge.WriteAsync(context);
            return null;
        }

        var json = JsonBody.Parse(body);
        log.Add(context, body, json, model, stream);
        var refusal = dialect.Unauthorised(context, body) ?? (json is { ValueKind: JsonValueKind.Object } ? null : dialect.NotJson);
        if (refusal is not null)
        {
            await refusal.WriteAsync(context);
            return null;
        }

        return json;
    }

    /// <summary>Null: the fate of this request is an error or silence, and it is fulfilled.</summary>
    public async Task<Turn?> BeginAsync(HttpContext context, IDialect dialect, string model, bool stream = false)
    {
        var entry = table.Find(model);
        if (!entry.Behaviour.Exists)
        {
            await dialect.NoSuchModel(model).WriteAsync(context);
            return null;
        }

        var turn = turns.Next(entry);
        if (turn.Fate == Fate.Timeout)
        {
            await Delivery.HoldAsync(context, turn);
            return null;
        }

        await turn.WaitAsync(turn.Latency, context.RequestAborted);
        dialect.Time(context.Response, turn);
        if (turn.Fate == Fate.Error || (turn.Fate == Fate.StreamError && !stream))
        {
            await dialect.Simulated(entry.Behaviour.ErrorStatus, model).WriteAsync(context);
            return null;
        }

        return turn;
    }
}
