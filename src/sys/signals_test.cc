// SPDX-License-Identifier: Apache-2.0
#include "sys/signals.h"

#include <gtest/gtest.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <string>
#include <thread>

namespace skerry::sys {
namespace {

// StopSignal changes the signals of the whole process, so each case runs in a child of its own.
[[noreturn]] void stop_by(int number) {
  const auto stop = StopSignal::install();
  if (!stop.ok() || (*stop)->token().stop_requested()) ::_exit(1);
  ::kill(::getpid(), number);
  (*stop)->wait();
  ::_exit((*stop)->token().stop_requested() ? 7 : 2);
}

TEST(StopSignalDeathTest, TurnsSignalsIntoAStopRequest) {
  EXPECT_EXIT(stop_by(SIGTERM), testing::ExitedWithCode(7), "");
  EXPECT_EXIT(stop_by(SIGINT), testing::ExitedWithCode(7), "");
}

TEST(StopSignalDeathTest, EndsTheProcessAtASecondSignal) {
  const auto run = [] {
    const auto stop = StopSignal::install();
    ::kill(::getpid(), SIGTERM);
    (*stop)->wait();
    ::kill(::getpid(), SIGINT);
    while (true) ::pause();
  };
  EXPECT_EXIT(run(), testing::ExitedWithCode(130), "");
}

TEST(StopSignalDeathTest, IsRequestedByTheProgramItself) {
  const auto run = [] {
    const auto stop = StopSignal::install();
    std::jthread other([&] { (*stop)->request(); });
    (*stop)->wait();
    ::_exit((*stop)->token().stop_requested() ? 7 : 2);
  };
  EXPECT_EXIT(run(), testing::ExitedWithCode(7), "");
}

TEST(StopSignalDeathTest, LetsAWriteToAClosedPipeFail) {
  const auto run = [] {
    const auto stop = StopSignal::install();
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) ::_exit(1);
    ::close(ends[0]);
    const ssize_t written = ::write(ends[1], "x", 1);
    ::_exit(written == -1 && errno == EPIPE ? 7 : 2);
  };
  EXPECT_EXIT(run(), testing::ExitedWithCode(7), "");
}

TEST(StopSignalDeathTest, EndsItsThreadWithoutASignal) {
  const auto run = [] {
    for (int i = 0; i < 100; ++i) static_cast<void>(StopSignal::install());
    ::_exit(7);
  };
  EXPECT_EXIT(run(), testing::ExitedWithCode(7), "");
}

TEST(SleepUnlessStopped, ReturnsAtOnceWhenAStopWasRequested) {
  std::stop_source source;
  source.request_stop();
  EXPECT_FALSE(sleep_unless_stopped(source.get_token(), std::chrono::hours(1)));
}

TEST(SleepUnlessStopped, WakesUpForAStopRequest) {
  std::stop_source source;
  std::jthread other([&] { source.request_stop(); });
  EXPECT_FALSE(sleep_unless_stopped(source.get_token(), std::chrono::hours(1)));
}

TEST(SleepUnlessStopped, SleepsToTheEndOtherwise) {
  const std::stop_source source;
  EXPECT_TRUE(sleep_unless_stopped(source.get_token(), std::chrono::milliseconds(1)));
  EXPECT_TRUE(sleep_unless_stopped({}, std::chrono::milliseconds(1)));
}

TEST(ThreadName, KeepsFifteenCharacters) {
  std::array<char, 16> name{};
  std::jthread([&] {
    name_thread("a-name-beyond-the-limit");
    ::pthread_getname_np(::pthread_self(), name.data(), name.size());
  }).join();
  EXPECT_EQ(std::string(name.data()), "a-name-beyond-t");
}

}  // namespace
}  // namespace skerry::sys
