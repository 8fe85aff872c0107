using Gateflow.Core.Usage;

namespace Gateflow.Tests.Usage;

public sealed class RequestLogTests
{
    [Fact]
    public void Row_UnknownNumbersAndPrice_AreNull()
    {
        var row = RequestLog.Row(Requests.Create(served: "house-model-7b"), 0.5, demo: true);

        Assert.Equal((null, null, null), (row.Cost, row.Quality, row.FirstByteMs));
        Assert.Equal((0.5, true), (row.SamplingRate, row.Demo));
    }
}
