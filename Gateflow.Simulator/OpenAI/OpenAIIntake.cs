using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Gateflow.Simulator.Behaviours;
using Gateflow.Simulator.Control;
using Gateflow.Simulator.Faults;
using Microsoft.Extensions.Options;

namespace Gateflow.Simulator.OpenAI;

/// <summary>What every OpenAI endpoint does before it answers: read, log, check the key and the model, draw the turn, wait, fail if it must.</summary>
internal sealed class OpenAIIntake(IOptions<SimulatorOptions> options, RequestLog log, BehaviourTable table, Turns turns, SimulatorClock clock)
{
    public TimeProvider Clock => clock.Time;

    /// <summary>Null: refused, and the refusal is written.</summary>
    public async Task<JsonElement?> ReadAsync(HttpContext context)
    {
        byte[] body;
        try
        {
            body = await JsonBody.ReadAsync(context.Request, context.RequestAborted);
        }
        catch (BadHttpRequestException problem) when (problem.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            await OpenAIError.TooLarge().WriteAsync(context);
            return null;
        }

        var json = JsonBody.Parse(body);
        log.Add(context, body, json);
        var refusal = Unauthorised(context) ?? (json is { ValueKind: JsonValueKind.Object } ? null : OpenAIError.NotJson());
        if (refusal is not null)
        {
            await refusal.WriteAsync(context);
            return null;
        }

        return json;
    }

    /// <summary>Null: the fate of this request is an error or silence, and it is fulfilled.</summary>
    public async Task<Turn?> BeginAsync(HttpContext context, string model)
    {
        context.Response.Headers["x-request-id"] = "req_" + Guid.NewGuid().ToString("N");
        var entry = table.Find(model);
        if (!entry.Behaviour.Exists)
        {
            await OpenAIError.NoSuchModel(model).WriteAsync(context);
            return null;
        }

        var turn = turns.Next(entry);
        if (turn.Fate == Fate.Timeout)
        {
            await Delivery.HoldAsync(context, turn);
            return null;
        }

        await turn.WaitAsync(turn.Latency, context.RequestAborted);
        if (turn.Fate == Fate.Error)
        {
            await OpenAIError.Simulated(entry.Behaviour.ErrorStatus, model).WriteAsync(context, turn);
            return null;
        }

        return turn;
    }

    public OpenAIError? Unauthorised(HttpContext context)
    {
        if (options.Value.ApiKey is not { Length: > 0 } expected)
        {
            return null;
        }

        const string Scheme = "Bearer ";
        var given = context.Request.Headers.Authorization.ToString();
        if (!given.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return OpenAIError.NoKey();
        }

        return CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given[Scheme.Length..]), Encoding.UTF8.GetBytes(expected))
            ? null
            : OpenAIError.WrongKey();
    }
}
