using System.Text.Json;
using Gateflow.Core;
using Gateflow.Core.Storage;

namespace Gateflow.Tests.Storage;

/// <summary>Where the server stands is the whole process's: nothing else runs meanwhile.</summary>
[CollectionDefinition(nameof(UtcInstantTests), DisableParallelization = true)]
[Collection(nameof(UtcInstantTests))]
public sealed class UtcInstantTests : IDisposable
{
    private readonly string? _zone = Environment.GetEnvironmentVariable("TZ");

    public UtcInstantTests() => StandIn("Europe/Berlin");

    public void Dispose() => StandIn(_zone);

    [Theory]
    [InlineData("2027-07-15T02:00:00", 2)]
    [InlineData("2027-07-15T02:00:00Z", 2)]
    [InlineData("2027-07-15T02:00:00+02:00", 0)]
    [InlineData("2027-07-15", 0)]
    public void Read_WithOrWithoutOffset_IsUtcUnlessItSaysOtherwise(string text, int hour)
    {
        Assert.Equal(TimeSpan.FromHours(2), TimeZoneInfo.Local.GetUtcOffset(new DateTimeOffset(2027, 7, 15, 0, 0, 0, TimeSpan.Zero)));
        foreach (var options in new[] { RequestJson.Options, JsonColumn.Options })
        {
            Assert.Equal(new DateTimeOffset(2027, 7, 15, hour, 0, 0, TimeSpan.Zero), JsonSerializer.Deserialize<DateTimeOffset>($"\"{text}\"", options));
        }
    }

    [Theory]
    [InlineData("\"soon\"")]
    [InlineData("1")]
    public void Read_NoTime_IsAFaultOfTheJson(string json) => Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<DateTimeOffset>(json, RequestJson.Options));

    private static void StandIn(string? zone)
    {
        Environment.SetEnvironmentVariable("TZ", zone);
        TimeZoneInfo.ClearCachedData();
    }
}
