using Gateflow.Gateway.Shadow;

namespace Gateflow.Tests.Shadow;

public sealed class AnswerRecordingTests
{
    private readonly ShadowLane _lane = new(new ShadowOptions { MaxBytes = 64 * 1024 }, _ => Task.CompletedTask);

    [Fact]
    public void Append_GrowsBeyondTheLanesRoom_LetsGoOfAll()
    {
        using var first = new AnswerRecording(_lane);
        using var second = new AnswerRecording(_lane);
        first.Append(new byte[10 * 1024]); // takes 16 KiB of the 32 that answers may take

        second.Append(new byte[10 * 1024]);
        second.Append(new byte[10 * 1024]);
        second.Append(new byte[1]);

        Assert.Equal((true, 10 * 1024), (first.IsWhole, first.Bytes.Length));
        Assert.Equal((false, 0), (second.IsWhole, second.Bytes.Length));
        first.Append(new byte[20 * 1024]); // the other's room is free again
        Assert.True(first.IsWhole);
    }

    [Fact]
    public void Dispose_GivesTheRoomBackOnce()
    {
        for (var i = 0; i < 10; i++)
        {
            var recording = new AnswerRecording(_lane);
            recording.Append(new byte[30 * 1024]);
            Assert.True(recording.IsWhole);
            recording.Dispose();
            recording.Dispose();
        }

        Assert.True(_lane.TryGrow(32 * 1024));
        Assert.False(_lane.TryGrow(1));
        Assert.True(_lane.TryTake(32 * 1024)); // a copy's body still finds room
    }
}
