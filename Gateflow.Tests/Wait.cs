using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Gateflow.Tests;

/// <summary>Waits for what other threads bring about and no event tells of.</summary>
internal static class Wait
{
    /// <summary>As long as the busiest machine may need; only a test that fails waits for it.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Ends as soon as the condition holds; fails, and names it, when it does not in time.</summary>
    /// <param name="meanwhile">What is done each time that it does not hold yet, such as moving a clock.</param>
    public static Task UntilAsync(Func<bool> condition, Action? meanwhile = null, [CallerArgumentExpression(nameof(condition))] string what = "") =>
        UntilAsync(() => Task.FromResult(condition()), meanwhile, what);

    /// <inheritdoc cref="UntilAsync(Func{bool}, Action?, string)"/>
    public static async Task UntilAsync(Func<Task<bool>> condition, Action? meanwhile = null, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        var begun = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(begun) < Limit, $"It did not happen within {Limit.TotalSeconds} s: {what}");
            meanwhile?.Invoke();
            await Task.Delay(1, TestContext.Current.CancellationToken);
        }
    }
}
