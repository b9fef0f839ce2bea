//! What the world in `wit` exports, implemented by tasks that wait for each other.

// Written by `withe bindgen rust wit -o src`: edit `wit` and run it again.
#[rustfmt::skip]
mod tasks;

use tasks::exports::local::{{module}}::numbers::Guest;
use tasks::wasi::clocks::monotonic_clock::wait_for;
use tasks::wit_async::{StreamReader, spawn_local};
use tasks::wit_stream;

struct Component;

impl Guest for Component {
    async fn count(limit: u32) -> StreamReader<u32> {
        let (mut writer, reader) = wit_stream::new();
        // It goes on after the reader was handed over, for as long as somebody reads.
        spawn_local(async move {
            for number in 0..limit {
                if writer.write_one(number).await.is_some() {
                    break;
                }
            }
        });
        reader
    }

    async fn sum(mut numbers: StreamReader<u32>) -> u64 {
        let mut sum = 0;
        while let Some(number) = numbers.next().await {
            sum += u64::from(number);
        }
        sum
    }

    async fn square_later(number: u32, milliseconds: u32) -> u64 {
        wait_for(u64::from(milliseconds) * 1_000_000).await;
        square(number)
    }
}

tasks::export!(Component with_types_in tasks);

fn square(number: u32) -> u64 {
    u64::from(number) * u64::from(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_greatest_number_has_a_square() {
        assert_eq!(square(u32::MAX), 0xffff_fffe_0000_0001);
    }
}
