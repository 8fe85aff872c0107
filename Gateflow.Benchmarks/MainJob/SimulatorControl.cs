using System.Net.Http.Json;

namespace Gateflow.Benchmarks.MainJob;

/// <summary>Sets how the stand-in provider behaves.</summary>
internal sealed class SimulatorControl(HttpClient http)
{
    // So large that an answer is written in a few pieces; the time that a model needs lies before its first byte.
    private const double PiecesPerSecond = 20_000;

    /// <summary>
    /// Recorded answers, and a latency shaped by the trace: log-normal with the spread of its generated tokens, around the time that the
    /// median answer takes at the model's own pace, divided by the speed-up like everything else.
    /// </summary>
    public async Task ShapeAsync(string model, string answers, ArrivalTrace trace, double speed, CancellationToken cancellationToken) =>
        await PutAsync(model, new
        {
            answers,
            latency_ms = trace.MedianTokens / Cast.TokensPerSecond[model] / speed * 1000,
            latency_sigma = Math.Min(3, trace.Sigma),
            tokens_per_second = PiecesPerSecond,
        }, cancellationToken);

    /// <summary>From now on that share of requests is answered with status 500.</summary>
    public Task FailAsync(string model, double rate, CancellationToken cancellationToken) =>
        PutAsync(model, new { error_rate = rate, error_status = 500 }, cancellationToken);

    private async Task PutAsync(string model, object behaviour, CancellationToken cancellationToken)
    {
        using var response = await http.PutAsJsonAsync($"control/models/{model}", behaviour, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw new JobException($"The simulator refused the behaviour of {model}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync(cancellationToken)}");
        }
    }
}
